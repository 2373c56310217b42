import { centreOf } from '../evaluation/centre';
import { leadingEofs } from '../evaluation/leadingEofs';
import {
  latticePosition,
  selfOrganisingMap as train,
  squarestLattice,
} from '../evaluation/selfOrganisingMap';
import { Random } from '../random';
import type { Method } from './method';
import { requireEnoughRows } from './requirements';

/** A self-organising map with one unit for each cluster. */
export const selfOrganisingMap: Method = {
  id: 'som',
  title: 'Self-organising map',
  kind: 'classical',
  reference:
    'Kohonen (2013), doi:10.1016/j.neunet.2012.09.018; for regimes Hewitson and Crane (2002), doi:10.3354/cr022013',
  description:
    'K units on the most square lattice (a line for a prime K), spread along the leading EOFs and trained in batches; each row belongs to its nearest unit. Units between groups that lie far apart stay empty.',
  deterministic: true,
  async fit({ table }, { clusters, products, signal, progress }) {
    const { n, d } = table;
    requireEnoughRows(n, clusters);
    const lattice = squarestLattice(clusters);
    const { mean } = await centreOf(table, signal);
    const axes = Math.min(2, n, d);
    // Random numbers begin the search for EOFs, or choose the rows they stand on: always the same, so that the map is, too.
    const { components, singularValues, rows } = await leadingEofs(table, axes, new Random(1), signal);
    const units = new Float32Array(clusters * d);
    for (let u = 0; u < clusters; u++) {
      const along = [
        latticePosition(u % lattice.columns, lattice.columns),
        latticePosition(Math.floor(u / lattice.columns), lattice.rows),
      ];
      for (let j = 0; j < d; j++) {
        let value = mean[j];
        for (let p = 0; p < axes; p++) {
          value += along[p] * (singularValues[p] / Math.sqrt(rows)) * components[p * d + j];
        }
        units[u * d + j] = value;
      }
    }
    const { labels } = await train(table, lattice, units, { products, signal, progress });
    return { labels };
  },
};
