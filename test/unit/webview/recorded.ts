/** Snapshots for tests of the pictures. */
import { type RunSnapshot, type SeriesSnapshot, emptyRun } from '../../../src/protocol/panel';

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
export const running: RunSnapshot = {
  ...emptyRun,
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

/** Its labels: spells of 50 days, the probability of the label from 0.4 to 0.85. */
export const series: SeriesSnapshot = {
  version: 1,
  clusters: 3,
  times,
  labels: Int32Array.from(times, (_, i) => Math.floor(i / 50) % 3),
  memberships: Float32Array.from({ length: 3 * times.length }, (_, at) => {
    const step = Math.floor(at / 3);
    const sure = 0.4 + (step % 10) * 0.05;
    return at % 3 === Math.floor(step / 50) % 3 ? sure : (1 - sure) / 2;
  }),
};
