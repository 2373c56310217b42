/** All published checks, in the order of the table. One file a method; each adds its entries here. */
import type { Check } from './check';
import { clusterGanChecks } from './clusterGan';
import { decChecks } from './dec';
import { dtcChecks } from './dtc';
import { infoGanChecks } from './infoGan';
import { subspaceChecks } from './subspace';

export const checks: readonly Check[] = [
  ...decChecks,
  ...clusterGanChecks,
  ...dtcChecks,
  ...infoGanChecks,
  ...subspaceChecks,
];
