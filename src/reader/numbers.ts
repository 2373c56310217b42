/** The numbers of a run, wherever they come from: the files of a finished run, or the memory of one that trains. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { FieldInfo, Frames, Grid } from '../core/data/frames';
import { estimateMemory, loadFrames } from '../core/data/loadFrames';
import { type FieldsReader, openFields } from '../core/data/openFields';
import { UserError } from '../core/errors';
import { plainProducts as products } from '../core/evaluation/products';
import { type SparseCoefficients, withoutNegligible } from '../core/evaluation/sparse';
import { embeddingParts } from '../core/model/architecture';
import { weighCoefficients } from '../core/model/seriesSelfExpression';
import { guidedSelfExpression, partsOf } from '../core/model/subspaceLabels';
import { type Composites, composites } from '../core/results/composites';
import { type ResultReader, openResult } from '../core/results/readResult';
import { dataFiles } from '../core/results/dataFiles';
import { type RunInfo, readRun } from '../core/results/runJson';
import type { ReaderRun } from '../protocol/reader';

type Live = NonNullable<ReaderRun['live']>;

/** Maps are [H*W], in the units of the field, NaN where there is no value. Every method may throw a UserError. */
export interface RunNumbers {
  readonly version: number;
  readonly clusters: number;
  geometry(): Promise<{ fields: readonly FieldInfo[]; grid: Grid }>;
  overall(field: number): Promise<Float32Array>;
  mean(field: number, cluster: number): Promise<Float32Array>;
  /** 1 where the anomaly is significant; undefined where the run's files do not say. */
  significant(field: number, cluster: number): Promise<Uint8Array | undefined>;
  fStatistic(field: number): Promise<Float32Array>;
  fSignificant(field: number): Promise<Uint8Array | undefined>;
  step(field: number, step: number): Promise<Float32Array>;
  embedding(): Promise<{ values: Float32Array; dimensions: number }>;
  labels(): Promise<ArrayLike<number>>;
  selfExpression(): Promise<SparseCoefficients>;
  close(): Promise<void>;
}

const WITHOUT_SELF_EXPRESSION =
  'This run has no affinity to show: its model has no self-expression ("model.selfExpression" is off).';

/** Of a finished run: slabs of result.nc, and of the data files for single time steps. */
export class StoredNumbers implements RunNumbers {
  private fields: Promise<FieldsReader> | undefined;

  private constructor(
    private readonly directory: string,
    readonly version: number,
    private readonly result: ResultReader,
  ) {}

  static async open({ directory, version }: ReaderRun): Promise<StoredNumbers> {
    return new StoredNumbers(directory, version, await openResult(directory));
  }

  get clusters(): number {
    return this.result.clusters;
  }
  async geometry(): Promise<{ fields: readonly FieldInfo[]; grid: Grid }> {
    return { fields: this.result.fields, grid: this.result.grid };
  }
  overall(field: number): Promise<Float32Array> {
    return this.result.overall(field);
  }
  mean(field: number, cluster: number): Promise<Float32Array> {
    return this.result.mean(field, cluster);
  }
  significant(field: number, cluster: number): Promise<Uint8Array | undefined> {
    return this.result.significant(field, cluster);
  }
  async fStatistic(field: number): Promise<Float32Array> {
    const values = await this.result.fStatistic(field);
    if (values) return values;
    throw new UserError('This run was made by an earlier version, which did not compute the F statistic.');
  }
  fSignificant(field: number): Promise<Uint8Array | undefined> {
    return this.result.fSignificant(field);
  }
  async step(field: number, step: number): Promise<Float32Array> {
    this.fields ??= openData(this.directory);
    try {
      return await (await this.fields).read(field, step);
    } catch (error) {
      // The file may come back: it is looked for again the next time.
      this.fields = undefined;
      throw error;
    }
  }
  embedding(): Promise<{ values: Float32Array; dimensions: number }> {
    return this.result.embedding();
  }
  labels(): Promise<ArrayLike<number>> {
    return this.result.labels();
  }
  async selfExpression(): Promise<SparseCoefficients> {
    const entries = await this.result.selfExpression();
    if (entries) return entries;
    const { config } = await readRun(this.directory);
    throw new UserError(
      config.hyperParameters['model.selfExpression']
        ? 'This run has no self-expression of the whole series: it is made for up to 30,000 time steps.'
        : WITHOUT_SELF_EXPRESSION,
    );
  }
  async close(): Promise<void> {
    await this.result.close();
    await (await this.fields?.catch(() => undefined))?.close();
  }
}

/** The data files of a run, provided that they are still those it began with. */
async function openData(directory: string): Promise<FieldsReader> {
  const { config, inputs } = await readRun(directory);
  const files = whereDataAre(directory, config.files);
  await checkUnchanged(inputs.map((input, i) => ({ ...input, path: files[i] })));
  return openFields({ ...config, files });
}

const mebibyte = 2 ** 20;

/** The files beside the run's folder where they were moved together, else where they were. */
function whereDataAre(directory: string, recorded: readonly string[]): string[] {
  return dataFiles(directory, recorded).map((file, i) => (existsSync(file) ? file : recorded[i]));
}

async function checkUnchanged(inputs: RunInfo['inputs']): Promise<void> {
  for (const { path: file, bytes, modified } of inputs) {
    const now = await stat(file).catch(() => undefined);
    const name = path.basename(file);
    if (!now) {
      throw new UserError(
        `${name} is not at ${path.dirname(file)} any more, so single time steps cannot be shown.`,
      );
    }
    if (now.size !== bytes || now.mtime.toISOString() !== new Date(modified).toISOString()) {
      throw new UserError(
        `${name} has changed since the run, so its time steps are not those that were clustered.`,
      );
    }
  }
}

/** Self-expression of a series that is still being learned is computed anew after each epoch, so only for short ones. */
const LIVE_SELF_EXPRESSION = 2000;

/** Of a run that trains, or was stopped: composites of the data under its labels so far. */
export class LiveNumbers implements RunNumbers {
  private readonly directory: string;
  private live: Live;
  private frames: Promise<Frames> | undefined;
  private fields: Promise<FieldsReader> | undefined;
  private maps: Promise<Composites> | undefined;
  private coefficients: Promise<SparseCoefficients> | undefined;
  version: number;

  /** @param memoryLeft bytes that can still be had on this machine */
  constructor(
    { directory, version, live }: ReaderRun & { readonly live: Live },
    private readonly memoryLeft: () => number = () => process.availableMemory(),
  ) {
    this.directory = directory;
    this.live = live;
    this.version = version;
  }

  /** The labels have changed; the data are the same. */
  update(live: Live, version: number): void {
    if (version !== this.version) this.maps = this.coefficients = undefined;
    this.live = live;
    this.version = version;
  }

  /** Gives the memory of the data back; they are read again when they are needed. */
  release(): void {
    this.frames = undefined;
    this.maps = this.coefficients = undefined;
  }

  get clusters(): number {
    return this.live.clusters;
  }
  async geometry(): Promise<{ fields: readonly FieldInfo[]; grid: Grid }> {
    return this.openFields();
  }
  async overall(field: number): Promise<Float32Array> {
    const { cells, maps } = await this.composites();
    return maps.overall.slice(field * cells, (field + 1) * cells);
  }
  async mean(field: number, cluster: number): Promise<Float32Array> {
    const { at, cells, maps } = await this.composites();
    return maps.clusters.slice(at(field, cluster), at(field, cluster) + cells);
  }
  async significant(field: number, cluster: number): Promise<Uint8Array> {
    const { at, cells, maps } = await this.composites();
    return maps.significant.slice(at(field, cluster), at(field, cluster) + cells);
  }
  async fStatistic(field: number): Promise<Float32Array> {
    const { cells, maps } = await this.composites();
    return maps.fStatistic.slice(field * cells, (field + 1) * cells);
  }
  async fSignificant(field: number): Promise<Uint8Array> {
    const { cells, maps } = await this.composites();
    return maps.fSignificant.slice(field * cells, (field + 1) * cells);
  }
  async step(field: number, step: number): Promise<Float32Array> {
    return (await this.openFields()).read(field, step);
  }
  async embedding(): Promise<{ values: Float32Array; dimensions: number }> {
    const { embedding } = this.live;
    const { labels } = this.requireLabels();
    if (!embedding) {
      throw new UserError('The embedding is shown when the model has embedded the whole series once.');
    }
    return { values: embedding, dimensions: embedding.length / labels.length };
  }
  async labels(): Promise<ArrayLike<number>> {
    return this.requireLabels().labels;
  }
  /** Takes seconds: made once of the embeddings of each version. */
  async selfExpression(): Promise<SparseCoefficients> {
    const coefficients = (this.coefficients ??= this.computeSelfExpression());
    // What was missing (labels, an embedding) may be there the next time.
    coefficients.catch(() => {
      if (this.coefficients === coefficients) this.coefficients = undefined;
    });
    return coefficients;
  }
  private async computeSelfExpression(): Promise<SparseCoefficients> {
    if (!this.live.config.hyperParameters['model.selfExpression']) {
      throw new UserError(WITHOUT_SELF_EXPRESSION);
    }
    const { labels, memberships } = this.requireLabels();
    const n = labels.length;
    if (n > LIVE_SELF_EXPRESSION) {
      throw new UserError(
        `While a run trains, the self-expression is shown for up to ${LIVE_SELF_EXPRESSION} time steps; this series has ${n}. It appears when the run has finished.`,
      );
    }
    const { values, dimensions } = await this.embedding();
    const { fields, grid } = await this.geometry();
    const h = { ...this.live.config.hyperParameters, 'model.embeddingDimensions': dimensions };
    const cells = fields.length * grid.height * grid.width;
    const parts = partsOf(values, { ...embeddingParts(n, cells, h), clusters: this.clusters }, h);
    // Plain products: so few rows are no reason to load ONNX Runtime beside the trainer.
    const [sparsity, strength] = [h['selfExpression.sparsity'], h['selfExpression.guidance']];
    const c = await guidedSelfExpression(parts, sparsity, strength, { products });
    const timeScale = h['selfExpression.timeScale'];
    const weighted = timeScale > 0 && memberships;
    return withoutNegligible(weighted ? weighCoefficients(c, memberships, n, timeScale) : c);
  }
  async close(): Promise<void> {
    await (await this.fields?.catch(() => undefined))?.close();
    this.release();
  }

  private requireLabels(): { labels: Int32Array; memberships: Float32Array | undefined } {
    const { labels, memberships } = this.live;
    if (labels) return { labels, memberships };
    throw new UserError('The clusters appear after the warm-up, when the first labels are there.');
  }

  private async openFields(): Promise<FieldsReader> {
    this.fields ??= openData(this.directory);
    try {
      return await this.fields;
    } catch (error) {
      // The file may come back: it is looked for again the next time.
      this.fields = undefined;
      throw error;
    }
  }

  private async composites(): Promise<{
    maps: Composites;
    cells: number;
    at: (field: number, cluster: number) => number;
  }> {
    const { labels } = this.requireLabels();
    const frames = await this.loadFrames();
    if (frames.time.iso.length !== labels.length) {
      throw new UserError('The data have changed since the run began, so its maps cannot be drawn.');
    }
    const cells = frames.grid.height * frames.grid.width;
    const maps = await (this.maps ??= composites(frames, labels, this.clusters));
    const fields = frames.fields.length;
    return { maps, cells, at: (field, cluster) => (cluster * fields + field) * cells };
  }

  private async loadFrames(): Promise<Frames> {
    if (!this.frames) {
      await this.checkMemory();
      const { config } = this.live;
      const files = whereDataAre(this.directory, config.files);
      // The limit is that of the run, which may stream its data; what is free here was looked at.
      this.frames = loadFrames({ ...config, files, memoryLimit: Infinity });
    }
    try {
      return await this.frames;
    } catch (error) {
      this.frames = undefined;
      throw error;
    }
  }

  /** The trainer has these data too: a second copy must leave it, and the window, room to breathe. */
  private async checkMemory(): Promise<void> {
    const { fields, grid, time } = await this.openFields();
    const { height, width } = grid;
    const variables = fields.length;
    const maps = 5 * this.clusters * variables * height * width;
    const needed = estimateMemory({ steps: time.iso.length, variables, height, width }) + maps / mebibyte;
    const left = this.memoryLeft() / mebibyte;
    if (needed <= left / 2) return;
    throw new UserError(
      `The maps of a run that has not finished need its data in memory a second time, about ${Math.ceil(needed)} MiB, and ${Math.floor(left)} MiB are free. They appear when the run has finished.`,
    );
  }
}
