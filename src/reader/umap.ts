import { setImmediate as nextTurn } from 'node:timers/promises';
import { UMAP } from 'umap-js';
import { UserError } from '../core/errors';
import { Random } from '../core/random';

/** The neighbour search of longer series takes minutes. */
const MOST_STEPS = 20_000;

/**
 * The rows of z [n, d] in the plane by UMAP (McInnes et al., 2018): 15 neighbours, minimal distance 0.1, a fixed seed.
 * Other work goes on between its epochs. [n, 2]
 */
export async function umapPlane(z: Float32Array, n: number, d: number): Promise<Float32Array> {
  if (n > MOST_STEPS) {
    throw new UserError(`UMAP is offered for up to ${MOST_STEPS} time steps; this series has ${n}. Use PCA.`);
  }
  if (n < 4) throw new UserError('UMAP needs at least four time steps.');
  const random = new Random(1);
  const umap = new UMAP({
    nComponents: 2,
    nNeighbors: Math.min(15, n - 1),
    minDist: 0.1,
    random: () => random.uniform(),
  });
  const epochs = umap.initializeFit(
    Array.from({ length: n }, (_, t) => Array.from(z.subarray(t * d, (t + 1) * d))),
  );
  for (let epoch = 0; epoch < epochs; epoch++) {
    umap.step();
    if (epoch % 10 === 0) await nextTurn();
  }
  return Float32Array.from(umap.getEmbedding().flat());
}
