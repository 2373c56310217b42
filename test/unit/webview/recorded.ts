/** Snapshots for tests of the pictures. */
import { type ResultsSnapshot, emptyResults } from '../../../src/protocol/results';

/** `count` days from 1 January of `year` on; years of this test have a 29 February when they ask for 366 days. */
export function daily(year: string, count: number): string[] {
  const lengths = [31, count === 366 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return lengths
    .flatMap((length, month) =>
      Array.from(
        { length },
        (_, day) =>
          `${year}-${String(month + 1).padStart(2, '0')}-${String(day + 1).padStart(2, '0')}T00:00:00`,
      ),
    )
    .slice(0, count);
}

const times = daily('2008', 366);

/** In the middle of the joint phase. */
export const running: ResultsSnapshot = {
  ...emptyResults,
  state: 'running',
  files: ['sample.nc'],
  fields: ['air', 'slp'],
  runDirectory: '/data/sample.clusters/2026-01-02T03-04-05-abcd',
  engine: 'ONNX Runtime on the CPU, 2 threads',
  phase: 'joint',
  epoch: 3,
  epochs: 6,
  step: 2,
  steps: 8,
  secondsLeft: 80,
  clusters: 3,
  times,
  labels: times.map((_, i) => Math.floor(i / 50) % 3),
  confidence: times.map((_, i) => (i % 10) / 10),
  metrics: {
    silhouetteCosine: -0.1213,
    silhouetteEuclidean: 0.385,
    daviesBouldin: 1.028,
    calinskiHarabasz: 528.4,
    rmse: 4.666,
    variance: 0.0662,
    interClusterDistance: 2.401,
    centroidDistance: null,
  },
  history: [
    { epoch: 1, phase: 'warm-up', seconds: 1, losses: { total: 2, reconstruction: 2 } },
    { epoch: 2, phase: 'warm-up', seconds: 1, losses: { total: 1, reconstruction: 1 } },
    {
      epoch: 3,
      phase: 'joint',
      seconds: 1,
      losses: { total: 0.5, reconstruction: 0.02, target: 0.1, learningRate: 0.001 },
    },
  ],
};
