import { version } from '../../package.json';
import type { Frames } from './data/frames';
import type { Engine } from './engine/engine';
import { exportOnnx } from './engine/exportOnnx';
import { mayUseGpu } from './engine/mayUseGpu';
import { CancelledError, InterruptedError, messageOf } from './errors';
import { examine } from './evaluation/health';
import { kmeansOfRows } from './evaluation/kmeansOfRows';
import { evaluate, type Metrics } from './evaluation/metrics';
import { createProducts, type Products } from './evaluation/products';
import { interruptionOf } from './interruption';
import type { Architecture } from './model/architecture';
import { encoderState, encoderStep } from './model/encoderExport';
import type { EpochRecord, Phase, Progress, RunHooks, RunSummary } from './progress';
import { Random } from './random';
import { completeMetrics, definedMetrics } from './results/metricsJson';
import type { ClusteringResult } from './results/result';
import { writeRun, type RunInfo } from './results/runJson';
import { writeResult } from './results/writeResult';
import { writeCheckpoint } from './training/checkpoint';
import { outcomeOf } from './training/outcome';
import { totalEpochs } from './training/schedules';
import type { Labelling } from './training/series';
import { labellingOf, type Snapshot } from './training/snapshot';
import { Trainer, type TrainerState } from './training/trainer';

/** The data of a run and the sizes of its model. */
export interface Prepared {
  readonly frames: Frames;
  readonly architecture: Architecture;
}

/** One run from training to its files; keeps run.json true whatever happens. */
export class ClusterRun {
  private readonly started = performance.now();
  private readonly earlier: number;
  private readonly n: number;
  private readonly times: readonly string[];
  private metrics: Metrics | undefined;
  /** The last evaluation during the training: when it ended and how long it took, in ms. */
  private evaluated: { at: number; took: number } | undefined;

  constructor(
    private readonly directory: string,
    private info: RunInfo,
    private readonly data: Prepared,
    private readonly engine: Engine,
    private readonly hooks: RunHooks,
    private readonly warnings: ReadonlySet<string>,
  ) {
    this.earlier = info.timings['total'] ?? 0;
    this.n = data.frames.time.iso.length;
    this.times = data.frames.time.iso;
  }

  async finish(snapshot?: Snapshot): Promise<RunSummary> {
    try {
      await writeRun(this.directory, this.withWarnings(this.info));
      // What was known when the run stopped is shown again at once.
      const history = snapshot?.history ?? [];
      const last = history.findLast(({ metrics }) => metrics)?.metrics;
      this.metrics = last && completeMetrics(last);
      const labelling = snapshot && labellingOf(snapshot);
      this.report({ phase: 'preparing', epoch: snapshot?.epoch ?? 0, step: 0, steps: 0, history, labelling });
      const result = await this.train(snapshot);
      return result;
    } catch (error) {
      const reason = interruptionOf(error, mayUseGpu(this.engine.name)) ?? error;
      await this.recordFailure(reason);
      throw reason;
    }
  }

  private async train(snapshot: Snapshot | undefined): Promise<RunSummary> {
    const { config } = this.info;
    const h = config.hyperParameters;
    const products = await createProducts({ log: (message) => this.hooks.log?.(message) });
    const trainer = await Trainer.create(this.data.frames, this.data.architecture, h, this.engine, {
      seed: config.seed,
      snapshot,
      hooks: {
        signal: this.hooks.signal,
        progress: (state) => this.report(state),
        evaluate: (labels) => this.evaluateSometimes(labels, products),
        checkpoint: (taken) => writeCheckpoint(this.directory, taken),
      },
    });
    try {
      await trainer.train();
      this.reportEnd('evaluating', trainer.epochs, trainer.current);
      const evaluated = await this.evaluate(trainer, products);
      const result = { ...evaluated, history: withMetrics(trainer.epochs, evaluated.metrics) };
      const byKmeans = async (): Promise<Int32Array> =>
        (
          await kmeansOfRows(this.data.frames.table, result.clusters, new Random(config.seed), {
            restarts: 5,
            ...this.evaluation(products),
          })
        ).labels;
      const health = await examine(
        result.labels,
        result.clusters,
        h['window.length'],
        result.selfExpression,
        byKmeans,
      );
      for (const warning of health.warnings) this.hooks.warn?.(warning);
      const labelling = {
        q: result.softAssignment,
        labels: result.labels,
        z: result.embedding,
        count: (trainer.current?.count ?? 0) + 1,
      };
      this.metrics = result.metrics;
      this.reportEnd('writing', result.history, labelling);
      const summary = await this.write(trainer, result);
      this.reportEnd('done', result.history, labelling);
      return summary;
    } finally {
      trainer.dispose();
      await products.dispose();
    }
  }

  /** Computations on the data end when the run is stopped. */
  private evaluation(products: Products) {
    return { products, signal: this.hooks.signal };
  }

  private async evaluate(trainer: Trainer, products: Products): Promise<ClusteringResult> {
    const { hooks } = this;
    const { table } = this.data.frames;
    const { hyperParameters: h, seed } = this.info.config;
    const { clusters, dimensions } = this.data.architecture;
    const outcome = await outcomeOf(trainer, this.data.architecture, h, {
      seed,
      ...this.evaluation(products),
      warn: (message) => hooks.warn?.(message),
      log: (message) => hooks.log?.(message),
    });
    const metricsOf = (labels: Int32Array): Promise<Metrics> =>
      evaluate(table, labels, this.evaluation(products));
    const argmaxMetrics = await metricsOf(outcome.argmaxLabels);
    const spectralMetrics = outcome.spectralLabels && (await metricsOf(outcome.spectralLabels));
    return {
      clusters,
      dimensions,
      ...outcome,
      metrics: outcome.method === 'spectral' && spectralMetrics ? spectralMetrics : argmaxMetrics,
      argmaxMetrics,
      ...(spectralMetrics && { spectralMetrics }),
      history: trainer.epochs,
    };
  }

  private async write(trainer: Trainer, result: ClusteringResult): Promise<RunSummary> {
    const { frames, architecture: a } = this.data;
    const h = this.info.config.hyperParameters;
    const parameters = await trainer.parameters();
    const encoder = exportOnnx(encoderStep(a, h), encoderState(parameters, a, frames, trainer.windows), {
      producer: `climate-clustering ${version}`,
      variables: frames.fields.map(({ name, units }) => `${name} [${units}]`).join(', '),
      layout: 'frames [time, variable, y, x] in the units of the file, NaN where missing',
    });
    const seconds = this.seconds();
    const info: RunInfo = {
      ...this.withWarnings(this.info),
      ended: new Date().toISOString(),
      timings: { ...this.timings(result), total: seconds },
    };
    this.info = await writeResult(this.directory, { info, frames, result, encoder, model: parameters });
    return {
      runDirectory: this.directory,
      clusters: result.clusters,
      nonEmptyClusters: this.info.nonEmptyClusters ?? 0,
      metrics: result.metrics,
      engine: this.engine.description,
      seconds,
    };
  }

  /** Seconds of each training phase. */
  private timings(result: ClusteringResult): Record<string, number> {
    const timings: Record<string, number> = {};
    for (const { phase, seconds } of result.history) timings[phase] = (timings[phase] ?? 0) + seconds;
    return timings;
  }

  private withWarnings(info: RunInfo): RunInfo {
    return this.warnings.size === 0 ? info : { ...info, warnings: [...this.warnings] };
  }

  private seconds(): number {
    return this.earlier + (performance.now() - this.started) / 1000;
  }

  private async recordFailure(error: unknown): Promise<void> {
    const stopped = error instanceof CancelledError || error instanceof InterruptedError;
    const info: RunInfo = {
      ...this.withWarnings(this.info),
      state: stopped ? 'interrupted' : 'failed',
      ended: new Date().toISOString(),
      timings: { ...this.info.timings, total: this.seconds() },
      message: messageOf(error),
    };
    // The first error is the one to report, also when the disk that caused it refuses this, too.
    await writeRun(this.directory, info).catch((second: unknown) => this.hooks.log?.(messageOf(second)));
  }

  /** After the training the snapshots stay complete: the last labelling goes with them. */
  private reportEnd(phase: Phase, history: TrainerState['history'], labelling?: Labelling): void {
    const epoch = totalEpochs(this.info.config.hyperParameters);
    this.report({ phase, epoch, step: 0, steps: 0, history, labelling });
  }

  private report(state: Omit<TrainerState, 'epochs'> & { phase: Phase }): void {
    const { labelling, ...rest } = state;
    const progress: Progress = {
      ...rest,
      runDirectory: this.directory,
      engine: this.engine.description,
      epochs: totalEpochs(this.info.config.hyperParameters),
      clusters: this.data.architecture.clusters,
      times: this.times,
      labelling: labelling?.count ?? 0,
      labels: labelling?.labels,
      memberships: labelling?.q,
      embedding: labelling?.z,
      dimensions: labelling?.z && labelling.z.length / this.n,
      metrics: this.metrics,
    };
    this.hooks.progress?.(progress);
  }

  /** Metrics of new labels during the training, but never for more than about a tenth of the time. */
  private async evaluateSometimes(
    labels: Int32Array,
    products: Products,
  ): Promise<Partial<Metrics> | undefined> {
    const began = performance.now();
    if (this.evaluated && began - this.evaluated.at < 10 * this.evaluated.took) return undefined;
    try {
      this.metrics = await evaluate(this.data.frames.table, labels, this.evaluation(products));
    } catch (error) {
      // The epoch's checkpoint must still be written; what comes after it ends the run.
      if (error instanceof CancelledError) return undefined;
      throw error;
    }
    const at = performance.now();
    this.evaluated = { at, took: at - began };
    return definedMetrics(this.metrics);
  }
}

/** The final metrics are those of the labels after the last epoch. */
function withMetrics(history: readonly EpochRecord[], metrics: Metrics): EpochRecord[] {
  return history.map((record, i) =>
    i === history.length - 1 ? { ...record, metrics: definedMetrics(metrics) } : record,
  );
}
