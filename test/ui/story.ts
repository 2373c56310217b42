/**
 * VS Code and the host of a panel, in the page itself: a run that trains and ends, the answers to what a panel asks, and a
 * file to preview. The tests move it from state to state by `window.story`.
 */
import type { ChooseState } from '../../src/protocol/choose';
import type { ComparisonSnapshot, TableSnapshot } from '../../src/protocol/comparison';
import type { MetricValues, RunRow, RunSnapshot, Selection, SeriesSnapshot } from '../../src/protocol/panel';
import { emptyRun, emptySeries, noSelection } from '../../src/protocol/panel';
import { recordedChoice } from '../unit/choose/recorded';

const STEPS = 366;
const CLUSTERS = 7;
const HEIGHT = 12;
const WIDTH = 16;
const EPOCHS = 30;
const FIELDS = ['air', 'slp'];

const times = Array.from({ length: STEPS }, (_, i) =>
  new Date(Date.UTC(2008, 0, 1 + i)).toISOString().slice(0, 19),
);

const run: RunSnapshot = {
  ...emptyRun,
  state: 'running',
  files: ['ncep_r1_hornafrica_daily_2008.nc'],
  fields: FIELDS,
  runDirectory: '/data/ncep_r1_hornafrica_daily_2008.clusters/2026-01-02T03-04-05-abcd',
  engine: 'ONNX Runtime on the CPU, 2 threads',
  phase: 'reading',
  epochs: EPOCHS,
  clusters: CLUSTERS,
};

const metricsAfter = (epoch: number): MetricValues => ({
  silhouetteCosine: 0.1 + epoch / 80,
  silhouetteEuclidean: 0.05 + epoch / 90,
  daviesBouldin: 2.5 - epoch / 40,
  calinskiHarabasz: 80 + 9.5 * epoch,
  rmse: 4.2 + 1 / (epoch + 1),
  variance: 0.0711 - epoch / 10_000,
  interClusterDistance: 1.7 + epoch / 60,
  centroidDistance: epoch < 12 ? null : 2.25,
});

const phaseOf = (epoch: number) => (epoch <= 10 ? 'warm-up' : epoch <= 20 ? 'joint' : 'adversarial');

function historyTo(epochs: number): RunSnapshot['history'] {
  return Array.from({ length: epochs }, (_, i) => ({
    epoch: i + 1,
    phase: phaseOf(i + 1),
    seconds: 1.5,
    losses: {
      total: 9 / (i + 2),
      reconstruction: 4 / (i + 2),
      ...(i >= 10
        ? { target: 1 / (i + 1), balance: 0.1, redundancy: 1 / (i + 2), selfExpression: 2 / (i + 3) }
        : {}),
      ...(i >= 20 ? { adversarial: 0.69 - i / 1000, discriminator: 1.38 + i / 1000 } : {}),
    },
    ...(i >= 10 ? { metrics: metricsAfter(i + 1) } : {}),
  }));
}

/** Spells whose lengths and order change a little with each labelling, as they do while a run trains. */
function seriesOf(version: number): SeriesSnapshot {
  const labels = Int32Array.from(times, (_, i) => Math.floor((i + version) / 9) % CLUSTERS);
  const memberships = new Float32Array(STEPS * CLUSTERS);
  labels.forEach((label, i) => {
    const sure = 0.5 + 0.4 * Math.abs(Math.sin(i / 5));
    memberships.fill((1 - sure) / (CLUSTERS - 1), i * CLUSTERS, (i + 1) * CLUSTERS);
    memberships[i * CLUSTERS + label] = sure;
  });
  return { version, clusters: CLUSTERS, times, labels, memberships };
}

const warning = 'The memory of all time steps would not fit; the temporal contrast sees every second step.';

/** A training in pictures: what the host sends, in order. */
const training: readonly { readonly run: Partial<RunSnapshot>; readonly series?: SeriesSnapshot }[] = [
  { run: { state: 'queued', clusters: CLUSTERS } },
  { run: { phase: 'reading' } },
  { run: { phase: 'preparing' }, series: { ...emptySeries, clusters: CLUSTERS, times } },
  { run: { phase: 'warm-up', epoch: 0, step: 1, steps: 23, secondsLeft: 95 } },
  { run: { phase: 'warm-up', epoch: 1, step: 1, steps: 23, secondsLeft: 92, history: historyTo(1) } },
  { run: { phase: 'warm-up', epoch: 9, step: 22, steps: 23, secondsLeft: 61, history: historyTo(9) } },
  { run: { phase: 'joint', epoch: 10, step: 1, steps: 23, history: historyTo(10) }, series: seriesOf(1) },
  ...[11, 12, 13].map((epoch, i) => ({
    run: {
      phase: 'joint',
      epoch,
      step: 4,
      steps: 23,
      secondsLeft: 40 - i,
      metrics: metricsAfter(epoch),
      history: historyTo(epoch),
    },
    series: seriesOf(epoch - 9),
  })),
  {
    run: {
      phase: 'joint',
      epoch: 14,
      step: 9,
      steps: 23,
      secondsLeft: 30,
      warnings: [warning],
      metrics: metricsAfter(14),
      history: historyTo(14),
    },
  },
  {
    run: {
      phase: 'adversarial',
      epoch: 21,
      step: 2,
      steps: 23,
      secondsLeft: 12,
      warnings: [warning],
      metrics: metricsAfter(21),
      history: historyTo(21),
    },
    series: seriesOf(6),
  },
  {
    run: {
      phase: 'evaluating',
      epoch: EPOCHS,
      warnings: [warning],
      metrics: metricsAfter(29),
      history: historyTo(EPOCHS),
    },
  },
  {
    run: {
      state: 'finished',
      phase: 'done',
      epoch: EPOCHS,
      warnings: [warning],
      metrics: metricsAfter(30),
      history: historyTo(EPOCHS),
      hasReport: true,
    },
    series: seriesOf(7),
  },
];

const rows: RunRow[] = ['finished', 'finished', 'interrupted'].map((state, i) => ({
  directory: i === 0 ? run.runDirectory! : `/data/other-${i}`,
  name: i === 1 ? 'warmer <b>winters</b>' : `2026-01-0${2 + i}T03-04-05-abcd`,
  files: run.files,
  state,
  started: `2026-01-0${2 + i}T03:04:05Z`,
  seconds: 61 + i,
  clusters: CLUSTERS - i,
  fields: FIELDS,
  seed: i,
  engine: 'onnx',
  metrics: state === 'finished' ? metricsAfter(30 - i) : null,
  settings: { seed: i, 'training.jointEpochs': 10 + i, bbox: '' },
}));

const grid = {
  kind: 'rectilinear',
  height: HEIGHT,
  width: WIDTH,
  latitude: Float64Array.from({ length: HEIGHT }, (_, i) => 25 - 2.5 * i),
  longitude: Float64Array.from({ length: WIDTH }, (_, i) => 30 + 2.5 * i),
  geographic: true,
} as const;

const valuesOf = (phase: number): Float32Array =>
  Float32Array.from({ length: HEIGHT * WIDTH }, (_, at) => 285 + 9 * Math.sin(at / 17 + phase));

let version = 0;
let selection: Selection = noSelection;

function affinity(size: number): unknown {
  const m = Math.min(size, STEPS);
  const between = Float64Array.from({ length: CLUSTERS ** 2 }, (_, i) => (i % (CLUSTERS + 1) === 0 ? 40 : 3));
  return {
    size: m,
    values: Float32Array.from({ length: m * m }, (_, i) => Math.abs(Math.sin(i / 40))),
    order: Int32Array.from({ length: STEPS }, (_, i) => i),
    clusters: { between, shifted: 0.4 },
    version,
  };
}

/** The host's answer to what a panel asks; undefined where it refuses. */
function answer(ask: { what: string; index: number; size: number }): unknown {
  switch (ask.what) {
    case 'geometry':
      return { fields: FIELDS.map((name) => ({ name, longName: `Field ${name}`, units: 'K' })), grid };
    case 'map': {
      const significant = Uint8Array.from({ length: HEIGHT * WIDTH }, (_, i) => Number(i % 3 > 0));
      return {
        values: valuesOf(ask.index),
        significant,
        range: { mean: [276, 294], anomaly: 9, f: 12 },
        version,
      };
    }
    case 'embedding':
      return {
        points: Float32Array.from({ length: 2 * STEPS }, (_, i) => Math.sin(i * 12.9898) * (1 + (i % 7))),
        explained: [0.5, 0.2],
        version,
      };
    case 'affinity':
      return affinity(ask.size);
    default:
      return undefined;
  }
}

const variable = (name: string, dimensions: string[], shape: number[], more: object) => ({
  name,
  type: 'float',
  dimensions,
  shape,
  attributes: { units: 'K', long_name: `Field ${name}` },
  ...more,
});
const header = {
  format: 'NetCDF classic',
  bytes: 1_480_000,
  dimensions: [
    { name: 'time', size: STEPS, unlimited: true },
    { name: 'lat', size: HEIGHT, unlimited: false },
    { name: 'lon', size: WIDTH, unlimited: false },
  ],
  variables: [
    variable('air', ['time', 'lat', 'lon'], [STEPS, HEIGHT, WIDTH], { steps: STEPS }),
    variable('hgt', ['time', 'level', 'lat', 'lon'], [STEPS, 3, HEIGHT, WIDTH], {
      steps: STEPS,
      extraAxes: [{ name: 'level', size: 3, units: 'hPa', values: ['1000', '850', '500'], merged: false }],
    }),
    variable('lat', ['lat'], [HEIGHT], { reason: 'it has no horizontal axes' }),
  ],
  attributes: { title: 'A file with <tags> & "quotes"', Conventions: 'CF-1.8' },
};

const table = (title: string, heads: string[]): TableSnapshot => ({
  title,
  caption: 'Mean ± standard deviation over 3 seeds; K = 7.',
  columns: [{ title: 'Method' }, ...heads.map((head) => ({ title: head, better: 'lower' as const }))],
  rows: [
    { name: 'k-means', cells: heads.map(() => ({ text: '1.250', spread: '0.012', best: true })) },
    { name: 'A method with a long name', cells: heads.map(() => ({ text: '-2.500' })) },
    { name: 'DASC', cells: [], failure: 'Memory ran out (std::bad_alloc).' },
  ],
});
const HEADS = ['Mean rank', 'Sil. (cos)', 'Sil. (Euc)', 'DB', 'CH', 'RMSE', 'Variance', 'I-CD'];
const comparison: ComparisonSnapshot = {
  directory: '/data/x.clusters/compare-2026-01-02T03-04-05-abcd',
  state: 'finished',
  files: run.files,
  data: 'air, slp of ncep_r1_hornafrica_daily_2008.nc: 366 time steps',
  started: '2026-01-02T03:04:05.000Z',
  progress: { done: 9, total: 9, failed: 3, current: null, share: null },
  message: null,
  warnings: ['2 time steps have no value at all in some variable.'],
  figures: {
    means: table('Mean and standard deviation over seeds', HEADS),
    cost: table('Stability and cost', ['Fits', 'Time (s)', 'Memory (MiB)']),
    agreement: table('Agreement between methods', ['1', '2']),
    best: table('Best seed by cosine silhouette', HEADS),
    charts: HEADS.slice(1).map((title) => ({
      title,
      better: 'lower' as const,
      rows: [
        { name: 'k-means', eligible: true, mean: 1.25, sd: 0.012, values: [1.24, 1.25, 1.26] },
        { name: 'A method with a long name', eligible: true, mean: -2.5, sd: null, values: [-2.5] },
      ],
    })),
    failures: [{ title: 'DSC-Net-L2', reason: 'seed 2: no' }],
    methods: [{ title: 'k-means', reference: 'Lloyd (1982), doi:10.1109/TIT.1982.1056489' }],
  },
  hasFiles: true,
};

const choose: ChooseState = {
  data: { files: run.files.map((name) => `/data/${name}`), fields: FIELDS },
  files: run.files,
  stage: 'done',
  share: 1,
  reason: null,
  warnings: ['2 time steps have no value at all in some variable; they were filled with its mean.'],
  choice: recordedChoice,
  setting: CLUSTERS,
};

const post = (message: unknown): void => window.postMessage(message, '*');

interface Sent {
  readonly type: string;
  readonly id: number;
  readonly ask?: { readonly what: string; readonly index: number; readonly size: number };
  readonly place?: { readonly step: number };
  readonly selection?: Selection;
}

function receive(message: Sent): void {
  story.sent.push(message.type);
  if (message.type === 'select') {
    selection = message.selection!;
    post({ type: 'selection', selection });
  }
  if (message.type !== 'request') return;
  const { id, ask, place } = message;
  if (place) {
    const { step } = place;
    const notes = ['12 of 192 values are missing.'];
    const map = { grid, values: valuesOf(step), time: times[step], hasHours: false };
    post({ type: 'map', id, map: { ...map, units: 'K', longName: 'Air temperature', notes } });
  } else post({ type: 'answer', id, answer: answer(ask!) });
}

const story = {
  /** Types of the messages of the panel. */
  sent: [] as string[],
  moments: training.length,
  /** The host sends what it has at one moment of the training. */
  show(moment: number): void {
    const { run: change, series } = training[moment];
    post({ type: 'run', run: { ...run, ...change } });
    if (!series) return;
    version = series.version;
    post({ type: 'series', series });
  },
  finish(): void {
    story.show(training.length - 1);
    // What a panel restores or selects by itself is gone.
    selection = noSelection;
    post({ type: 'runs', runs: rows, chosen: false });
    post({ type: 'comparisons', comparisons: [{ ...comparison, means: comparison.figures!.means }] });
    post({ type: 'selection', selection });
  },
  /** A run in another state than those of a training, without time steps. */
  run(change: Partial<RunSnapshot>): void {
    post({ type: 'run', run: change.state === 'empty' ? emptyRun : { ...run, ...change } });
    post({ type: 'series', series: emptySeries });
  },
  select(change: Partial<Selection>): void {
    selection = { ...selection, ...change };
    post({ type: 'selection', selection });
  },
  selection: () => selection,
  /** Nothing happens: what was asked for may come and be drawn. */
  pause(): void {},
  comparison(change: Partial<ComparisonSnapshot> = {}): void {
    post({ type: 'comparison', comparison: { ...comparison, ...change } });
  },
  choose(change: Partial<ChooseState> = {}): void {
    post({ type: 'state', state: { ...choose, ...change } });
  },
  preview(): void {
    post({ type: 'header', name: run.files[0], header });
  },
  failPreview(): void {
    post({ type: 'failed', name: run.files[0], reason: 'The file ends in the middle of its header.' });
  },
};
export type Story = typeof story;

Object.assign(window, {
  story,
  acquireVsCodeApi: () => ({ getState: () => undefined, setState: () => undefined, postMessage: receive }),
});
