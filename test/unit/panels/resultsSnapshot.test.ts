import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../src/core/progress';
import { resultsSnapshot } from '../../../src/panels/resultsSnapshot';
import { emptyResults, fromResultsPanel, toResultsPanel } from '../../../src/protocol/results';
import type { Run } from '../../../src/runs/run';

const progress: Progress = {
  runDirectory: '/data/a.clusters/1',
  engine: 'CPU',
  phase: 'joint',
  epoch: 2,
  epochs: 5,
  step: 1,
  steps: 4,
  secondsLeft: Infinity,
  history: [{ epoch: 1, phase: 'warm-up', seconds: 1, losses: { total: NaN, reconstruction: 0.5 } }],
  clusters: 2,
  labels: [0, 1],
  confidence: [0.9, NaN],
  times: ['2008-01-01T00:00:00', '2008-01-02T00:00:00'],
  metrics: {
    silhouetteCosine: 0.1,
    silhouetteEuclidean: 0.2,
    daviesBouldin: NaN,
    calinskiHarabasz: 3,
    rmse: 4,
    variance: 5,
    interClusterDistance: 6,
    centroidDistance: 7,
  },
};
const run: Run = {
  id: 'run-1',
  state: 'running',
  files: ['/data/a.nc'],
  fields: ['air'],
  clusters: 2,
  directory: '/data/a.clusters/1',
  progress,
  warnings: [],
  canResume: false,
  hasReport: false,
};

/** What a webview receives: VS Code sends messages as JSON. */
const throughTheWire = (message: unknown): unknown => JSON.parse(JSON.stringify(message));

describe('what the host sends to the results panel', () => {
  it('is accepted by the panel, numbers that are none included', () => {
    const sent = throughTheWire({ type: 'snapshot', snapshot: resultsSnapshot(run) });
    const { snapshot } = toResultsPanel.parse(sent);
    expect(snapshot.files).toEqual(['a.nc']);
    expect(snapshot.metrics!.daviesBouldin).toBeNull();
    expect(snapshot.metrics!.rmse).toBe(4);
    expect(snapshot.confidence).toEqual([0.9, null]);
    expect(snapshot.history[0].losses).toEqual({ total: null, reconstruction: 0.5 });
    expect(snapshot.secondsLeft).toBeNull();
  });

  it('is an empty panel without a run', () => {
    expect(toResultsPanel.parse({ type: 'snapshot', snapshot: resultsSnapshot(undefined) }).snapshot).toEqual(
      emptyResults,
    );
  });
});

describe('messages', () => {
  it.each([
    { type: 'snapshot', snapshot: { ...emptyResults, times: [1] } },
    { type: 'delta' },
    'snapshot',
    null,
  ])('refuses %j on the way to the panel', (message) =>
    expect(toResultsPanel.safeParse(message).success).toBe(false),
  );

  it.each([{ type: 'execute', command: 'rm' }, {}, undefined, 'ready'])(
    'refuses %j on the way to the host',
    (message) => expect(fromResultsPanel.safeParse(message).success).toBe(false),
  );
});
