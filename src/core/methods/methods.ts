/** All methods that `compare` knows, in the order of its table. */
import { UserError } from '../errors';
import { ablations, aDatsc } from './adatsc';
import { clusterGan } from './clusterGan';
import { dasc } from './dasc';
import { dec, decLab } from './dec';
import { dsc, dscLab } from './dsc';
import { dscDag } from './dscDag';
import { dscNet } from './dscNet';
import { dtc, dtcLab } from './dtc';
import { eofKMeans } from './eofKMeans';
import { gaussianMixture } from './gaussianMixture';
import { infoGan } from './infoGan';
import { kMeans } from './kmeans';
import { leastSquaresRegression } from './leastSquaresRegression';
import type { Method } from './method';
import { nearestNeighbourSpectral } from './nearestNeighbourSpectral';
import { selfOrganisingMap } from './selfOrganisingMap';
import { sparseSubspace } from './sparseSubspace';
import { ward } from './ward';

export const methods: readonly Method[] = [
  aDatsc,
  kMeans,
  ward,
  eofKMeans,
  gaussianMixture,
  nearestNeighbourSpectral,
  sparseSubspace,
  leastSquaresRegression,
  selfOrganisingMap,
  dec(),
  decLab(),
  clusterGan(),
  infoGan(),
  dsc(),
  dscLab(),
  dtc(),
  dtcLab(),
  dscNet(),
  dasc(),
  dscDag(),
  ...ablations,
];

/** The method of that id. Throws a UserError that lists them all when there is none. */
export function methodOf(id: string): Method {
  const found = methods.find((method) => method.id === id);
  if (found) return found;
  throw new UserError(
    `There is no method "${id}". The methods are: ${methods.map((method) => method.id).join(', ')}.`,
  );
}
