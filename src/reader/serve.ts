/** The reader's end of the RPC: what panels ask for, from the numbers of a run. */
import { readHeader, readPreview } from '../core/data/preview';
import { UserError } from '../core/errors';
import { affinityBetween, shiftedShare } from '../core/evaluation/affinityClusters';
import { blockMeans, clusterOrder } from '../core/evaluation/affinityImage';
import { principalComponents } from '../core/evaluation/pca';
import { extent } from '../core/extent';
import type { AnswerOf, AskOf } from '../protocol/panel';
import type { ReaderCalls, ReaderRun } from '../protocol/reader';
import { type Channel, connect } from '../threads/rpc';
import { LiveNumbers, type RunNumbers, StoredNumbers } from './numbers';
import { type Range, rangeOf } from './ranges';
import { umapPlane } from './umap';

/** Runs whose files stay open. */
const OPEN_RUNS = 4;

interface Open {
  readonly numbers: RunNumbers;
  readonly isLive: boolean;
  /** What was computed from the labels of `version`. */
  version: number;
  ranges: Map<number, Promise<Range>>;
  embeddings: Map<string, Promise<AnswerOf<'embedding'>>>;
}

type Embedding = Awaited<ReturnType<RunNumbers['embedding']>>;

/** The runs that were asked for lately, latest last. */
export class OpenRuns {
  private readonly open = new Map<string, Open>();

  async get(run: ReaderRun): Promise<Open> {
    const { directory, live, version } = run;
    let opened = this.open.get(directory);
    // A run that has finished meanwhile is read from its files from now on.
    if (opened && opened.isLive !== (live !== undefined)) {
      await this.forget(directory);
      opened = undefined;
    }
    opened ??= {
      numbers: live ? new LiveNumbers({ ...run, live }) : await StoredNumbers.open(run),
      isLive: live !== undefined,
      version,
      ranges: new Map(),
      embeddings: new Map(),
    };
    this.open.delete(directory);
    this.open.set(directory, opened);
    for (const oldest of [...this.open.keys()].slice(0, -OPEN_RUNS)) await this.forget(oldest);
    if (live) {
      (opened.numbers as LiveNumbers).update(live, version);
      this.releaseOthers(opened);
    }
    if (opened.version !== version) {
      opened.version = version;
      opened.ranges = new Map();
      opened.embeddings = new Map();
    }
    return opened;
  }

  /** The data of runs that have not finished are large: those of one are held at most. */
  private releaseOthers(kept: Open): void {
    for (const one of this.open.values()) {
      if (one !== kept && one.numbers instanceof LiveNumbers) one.numbers.release();
    }
  }

  async forget(directory: string): Promise<void> {
    const opened = this.open.get(directory);
    this.open.delete(directory);
    await opened?.numbers.close();
  }

  async close(): Promise<void> {
    for (const directory of [...this.open.keys()]) await this.forget(directory);
  }
}

async function map(
  { numbers, version, ranges }: Open,
  { field, layer, index }: AskOf<'map'>,
): Promise<AnswerOf<'map'>> {
  const { fields } = await numbers.geometry();
  if (field >= fields.length) throw new UserError(`The run has ${fields.length} fields.`);
  if (layer === 'mean' && index >= numbers.clusters) {
    throw new UserError(`The run has ${numbers.clusters} clusters.`);
  }
  if (layer === 'step') {
    // A step can be shown before there are clusters to compare it with.
    const values = await numbers.step(field, index);
    const range = await rangeFor(numbers, ranges, field).catch(() => ownRange(values));
    return { values, significant: null, range, version };
  }
  const range = await rangeFor(numbers, ranges, field);
  const [values, significant] =
    layer === 'mean'
      ? [await numbers.mean(field, index), await numbers.significant(field, index)]
      : layer === 'f'
        ? [await numbers.fStatistic(field), await numbers.fSignificant(field)]
        : [await numbers.overall(field), undefined];
  return { values, significant: significant ?? null, range, version };
}

function rangeFor(numbers: RunNumbers, ranges: Open['ranges'], field: number): Promise<Range> {
  const known = ranges.get(field);
  if (known) return known;
  const range = rangeOf(numbers, field);
  ranges.set(field, range);
  range.catch(() => ranges.delete(field));
  return range;
}

function ownRange(values: Float32Array): Range {
  const [low, high] = extent(values);
  return { mean: low <= high ? [low, high] : [0, 1], anomaly: 0, f: 0 };
}

/** Out of turn: a UMAP takes long, and maps must not wait for it. */
async function embed(
  { values, dimensions }: Embedding,
  method: AskOf<'embedding'>['method'],
  version: number,
): Promise<AnswerOf<'embedding'>> {
  const n = values.length / dimensions;
  if (!values.every(Number.isFinite)) {
    throw new UserError(
      'The embedding has values that are not numbers, so it cannot be drawn: the training has diverged. Try a lower learning rate.',
    );
  }
  if (method === 'umap') {
    return { points: await umapPlane(values, n, dimensions), explained: null, version };
  }
  const { points, explained } = principalComponents(values, n, dimensions, 2);
  return { points, explained: [explained[0], explained[1]], version };
}

async function affinity(
  { numbers, version }: Open,
  { order: by, size }: AskOf<'affinity'>,
): Promise<AnswerOf<'affinity'>> {
  const { row, column, value } = await numbers.selfExpression();
  const labels = await numbers.labels();
  const n = labels.length;
  const order =
    by === 'cluster' ? clusterOrder(labels, numbers.clusters) : Int32Array.from({ length: n }, (_, t) => t);
  const values = blockMeans(row, column, value, n, order, size);
  const shifted = shiftedShare({ row, column, value }, labels);
  const clusters = {
    between: affinityBetween({ row, column, value }, labels, numbers.clusters),
    shifted: Number.isNaN(shifted) ? null : shifted,
  };
  return { size: Math.sqrt(values.length), values, order, clusters, version };
}

/** Serves what panels ask for on `channel` until the host says `close`; then calls `end`. */
export function serveReader(channel: Channel, end: () => void): void {
  const runs = new OpenRuns();
  let queue: Promise<unknown> = Promise.resolve();
  /** One after the other: open files and their buffers are shared. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work);
    queue = done.catch(() => {});
    return done;
  };
  const calls: ReaderCalls = {
    geometry: (run) =>
      inTurn(async () => {
        const { fields, grid } = await (await runs.get(run)).numbers.geometry();
        const { kind, height, width, latitude, longitude, geographic } = grid;
        return { fields: [...fields], grid: { kind, height, width, latitude, longitude, geographic } };
      }),
    map: (run, ask) => inTurn(async () => map(await runs.get(run), ask)),
    affinity: (run, ask) => inTurn(async () => affinity(await runs.get(run), ask)),
    embedding: async (run, { method }) => {
      const { made } = await inTurn(async () => {
        const { numbers, version, embeddings } = await runs.get(run);
        const known = embeddings.get(method);
        if (known) return { made: known };
        const made = embed(await numbers.embedding(), method, version);
        embeddings.set(method, made);
        made.catch(() => embeddings.delete(method));
        return { made };
      });
      return made;
    },
    header: (file) => inTurn(() => readHeader(file)),
    preview: (file, variable, step, select) => inTurn(() => readPreview(file, variable, step, select)),
    forget: (directory) => inTurn(() => runs.forget(directory)),
    close: () => void inTurn(() => runs.close()).finally(end),
  };
  connect<object, ReaderCalls>(channel, calls, []);
}
