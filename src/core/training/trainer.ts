import type { HyperParameters } from '../config';
import type { Frames } from '../data/frames';
import type { CompiledStep, Engine, State, TensorData, TensorValues } from '../engine/engine';
import { CancelledError } from '../errors';
import type { Metrics } from '../evaluation/metrics';
import type { Architecture } from '../model/architecture';
import { targetDistribution } from '../model/clusteringHead';
import { isGeneratorParameter } from '../model/generator';
import type { EpochRecord, Phase, Progress } from '../progress';
import { Random } from '../random';
import { claimedTwice, initialBases } from './initialBases';
import { initialCentres } from './initialCentres';
import { initialState } from './initialState';
import { rowsOf, toAssignment, WindowAverage, type Assignment, type Labelling } from './series';
import { Memory } from './memory';
import { labellingOf, packTrainer, rememberedOf, withoutTrainer, type Snapshot } from './snapshot';
import {
  emptyResidents,
  isResident,
  memoryEntries,
  memoryRows,
  residentBatch,
  residentLatents,
  residentMemory,
} from './residentBatch';
import { phaseOf, scheduleAt, totalEpochs, type TrainingPhase } from './schedules';
import {
  assignmentStep,
  bottleneckProbe,
  discriminatorStep,
  embeddingStep,
  generatorLossesOf,
  generatorStep,
} from './steps';
import { Windows } from './windows';

/** What a trainer tells while it works. All of it is complete, none of it a difference. */
export interface TrainerState extends Pick<
  Progress,
  'phase' | 'epoch' | 'epochs' | 'step' | 'steps' | 'secondsLeft' | 'history'
> {
  readonly labelling?: Labelling;
}

/** What is clustered: the table, where it has data, and the times of its rows (which only name them). */
export type TrainingData = Pick<Frames, 'table' | 'valid'> & {
  readonly time: { readonly iso: readonly string[] };
};

export interface Embeddings {
  /** [n, D] */
  readonly z: Float32Array;
  /** [n, deep] */
  readonly deep: Float32Array;
}

export interface TrainerHooks {
  progress?(state: TrainerState): void;
  /** Metrics of new labels, for the record of their epoch; undefined where they would take too long. */
  evaluate?(labels: Int32Array): Promise<Partial<Metrics> | undefined>;
  /** After every epoch. */
  checkpoint?(snapshot: Snapshot): Promise<void>;
  readonly signal?: AbortSignal;
}

/** Where to read losses is to wait for the device, they are read at every n-th step and at the last one of an epoch. */
const STEPS_PER_READING = 8;

const scalar = (value: number): Float32Array => Float32Array.of(value);

/**
 * Trains A-DATSC on one series (section 5.4): warm-up of the autoencoder, k-means initialisation of the centres, the joint
 * phase, the adversarial phase. Deterministic for a seed, an engine and a machine; a trainer restored from the snapshot
 * of an epoch continues to the same result.
 */
export class Trainer {
  readonly windows: Windows;
  private readonly memory: Memory;
  private readonly random: Random;
  private readonly steps: Record<'generator' | 'discriminator' | 'embed' | 'assign', CompiledStep>;
  private epoch = 0;
  private restored = false;
  private history: EpochRecord[] = [];
  private labelling: Labelling | undefined;

  private constructor(
    private readonly a: Architecture,
    private readonly h: HyperParameters,
    private readonly hooks: TrainerHooks,
    private readonly engine: Engine,
    private readonly state: State,
    private readonly times: readonly string[],
    parts: { windows: Windows; memory: Memory; random: Random; steps: Trainer['steps'] },
  ) {
    this.windows = parts.windows;
    this.memory = parts.memory;
    this.random = parts.random;
    this.steps = parts.steps;
  }

  /** Initialises the model (or takes it from `snapshot`) and compiles its steps. */
  static async create(
    frames: TrainingData,
    a: Architecture,
    h: HyperParameters,
    engine: Engine,
    options: { seed: number; snapshot?: Snapshot; hooks?: TrainerHooks },
  ): Promise<Trainer> {
    const random = new Random(options.seed);
    const signal = options.hooks?.signal;
    const windows = await Windows.create(frames, a, signal);
    const memory = new Memory(
      windows.n,
      a.deep,
      h['contrast.memory'],
      h['contrast.reach'],
      a.steps * a.batch,
    );
    const initial = options.snapshot?.tensors ?? (await initialState(windows, a, h, random, signal));
    const resident = engine.remote ? windows.n : undefined;
    const state = await engine.createState({
      ...withoutTrainer(initial),
      ...(resident && emptyResidents(resident, a)),
    });
    const steps = {
      generator: await engine.compile(generatorStep(a, h, memory.size, { resident }), state),
      discriminator: await engine.compile(discriminatorStep(a, h, { resident }), state),
      embed: await engine.compile(embeddingStep(a, h), state),
      assign: await engine.compile(assignmentStep(a, h, windows.n), state),
    };
    const { iso } = frames.time;
    const parts = { windows, memory, random, steps };
    const trainer = new Trainer(a, h, options.hooks ?? {}, engine, state, iso, parts);
    if (options.snapshot) {
      memory.rows.set(rememberedOf(options.snapshot));
      await trainer.sendMemory();
      trainer.labelling = labellingOf(options.snapshot);
      random.restore(options.snapshot.random);
      trainer.epoch = options.snapshot.epoch;
      trainer.restored = true;
      trainer.history = [...options.snapshot.history];
    }
    return trainer;
  }

  /** Trains to the end, epoch by epoch. Throws CancelledError after the current step when the signal is aborted. */
  async train(): Promise<void> {
    const { h } = this;
    if (!this.restored) {
      const { deep } = await this.embed(this.a.steps);
      this.memory.fill(deep);
      await this.sendMemory();
      // From here on a run that is stopped can be resumed.
      await this.hooks.checkpoint?.(await this.snapshot());
    }
    while (this.epoch < totalEpochs(h)) {
      const phase = phaseOf(this.epoch, h);
      const started = performance.now();
      if (this.epoch === h['training.warmupEpochs']) await this.initialiseCentres();
      if (phase === 'adversarial' && (this.epoch === 0 || phaseOf(this.epoch - 1, h) !== 'adversarial')) {
        await this.startAdversary();
      }
      const { losses, schedule } = await this.runEpoch(phase);
      this.epoch++;
      if (phase !== 'warm-up') await this.refreshAssignment(phase);
      const seconds = (performance.now() - started) / 1000;
      this.history.push({ epoch: this.epoch, phase, seconds, losses, schedule });
      await this.evaluateLabels();
      await this.hooks.checkpoint?.(await this.snapshot());
      this.report(phase, 0, 0);
    }
    if (!this.labelling) {
      await this.initialiseCentres();
    }
  }

  private async runEpoch(phase: TrainingPhase): Promise<Pick<EpochRecord, 'losses' | 'schedule'>> {
    const { a, h, windows, random } = this;
    const batches = windows.epoch(random, h['training.maxStepsPerEpoch']);
    const { p, marginal } = this.targets();
    const { remote } = this.engine;
    const isRead = (i: number) => !remote || i % STEPS_PER_READING === 0 || i === batches.length - 1;
    const lossNames = generatorLossesOf(a);
    const readings = batches.filter((_, i) => isRead(i)).length;
    const sums: Record<string, number> = {};
    let i = -1;
    for await (const batch of windows.read(batches)) {
      i++;
      this.throwIfCancelled();
      this.report(phase, i, batches.length);
      const schedule = scheduleAt(this.epoch + i / batches.length, h);
      const { times } = batch;
      const inputs: Record<string, TensorData> = {
        clean: batch.clean(),
        input: batch.augmented({ noise: h['training.noise'], shift: h['training.shift'] }, random),
        target: rowsOf(p, times, a.clusters),
        marginal,
        ...Object.fromEntries(Object.entries(schedule).map(([name, value]) => [name, scalar(value)])),
      };
      if (h['loss.redundancyForm'] === 'contrast') {
        const contrast = remote
          ? residentBatch(times, this.memory.choose(times, random), windows.n)
          : this.memory.contrast(times, random);
        Object.assign(inputs, contrast);
      }
      if (h['selfExpression.timeScale'] > 0) inputs['times'] = Float32Array.from(times);
      const outputs = await this.steps.generator.run(inputs, isRead(i) ? undefined : []);
      if (!remote) this.memory.update(times, outputs['deep'].data as Float32Array);
      for (const name of isRead(i) ? lossNames : []) {
        const value = outputs[name].data[0];
        if (!Number.isFinite(value)) {
          throw new Error(
            `The loss "${name}" became ${value} in epoch ${this.epoch + 1}. Lower "training.learningRate" and try again.`,
          );
        }
        sums[name] = (sums[name] ?? 0) + value / readings;
      }
      if (phase === 'adversarial') {
        const { z, q } = outputs;
        const d = await this.discriminate(remote ? {} : { z: z.data, q: q.data }, isRead(i));
        if (d !== undefined) sums['discriminator'] = (sums['discriminator'] ?? 0) + d / readings;
      }
    }
    const { learningRate, temperature } = scheduleAt(this.epoch, h);
    return { losses: sums, schedule: { temperature, learningRate, windows: batches.length * a.batch } };
  }

  /** p `[n, K]` and the marginal of q `[K]` over the series for one epoch; uniform before the first clustering. */
  private targets(): { p: Float32Array; marginal: Float32Array } {
    const k = this.a.clusters;
    const n = this.windows.n;
    if (!this.labelling) {
      return { p: new Float32Array(n * k).fill(1 / k), marginal: new Float32Array(k).fill(1 / k) };
    }
    const { q } = this.labelling;
    const marginal = new Float32Array(k);
    for (let i = 0; i < q.length; i++) marginal[i % k] += q[i] / n;
    return { p: targetDistribution(q, n, k), marginal };
  }

  /** Steps of the discriminator on the batch, which is in the state where none is given; their loss where it is read. */
  private async discriminate(
    batch: Readonly<Record<string, TensorData>>,
    isRead: boolean,
  ): Promise<number | undefined> {
    const learningRate = scalar(this.h['discriminator.learningRate']);
    const { loss } = await this.steps.discriminator.run({ ...batch, learningRate }, isRead ? undefined : []);
    return loss?.data[0];
  }

  /** Where the contrast memory is kept in the engine's state: puts it there. */
  private async sendMemory(): Promise<void> {
    if (this.engine.remote) await this.state.write(residentMemory(this.windows.n, this.memory.rows));
  }

  /** k-means on the embeddings (as DEC), clusters in descending size, and the length scale of the assignment. */
  private async initialiseCentres(): Promise<void> {
    const { a, h } = this;
    const { z } = await this.embed(h['window.stride']);
    const n = this.windows.n;
    const { centres, inertia } = await initialCentres(
      z,
      n,
      a.dimensions,
      a.clusters,
      this.random,
      this.hooks.signal,
    );
    await this.state.write({
      'head.centres': { shape: [a.clusters, a.dimensions], dtype: 'float32', data: centres },
      'head.scale': {
        shape: [],
        dtype: 'float32',
        data: scalar(Math.max(inertia / n / h['model.assignmentSharpness'], 1e-6)),
      },
    });
    await this.label(z);
    await this.evaluateLabels();
  }

  /** Bases from the clusters' own latents, then steps of the discriminator alone. */
  private async startAdversary(): Promise<void> {
    const { a, h, random } = this;
    const { z } = await this.embed(a.steps);
    const { q, labels } = await this.label(z);
    await this.state.write({
      'discriminator.bases': {
        shape: [a.clusters, a.dimensions, a.rank],
        dtype: 'float32',
        data: initialBases(z, labels, a, random),
      },
    });
    const frames = a.steps * a.batch;
    const runs = Math.ceil(h['discriminator.warmupSteps'] / h['discriminator.steps']);
    for (let i = 0; i < runs; i++) {
      this.throwIfCancelled();
      const times = Int32Array.from({ length: frames }, () => random.integer(this.windows.n));
      const zs = rowsOf(z, times, a.dimensions);
      const qs = rowsOf(q, times, a.clusters);
      if (this.engine.remote) await this.state.write(residentLatents(frames, zs, qs));
      await this.discriminate(this.engine.remote ? {} : { z: zs, q: qs }, false);
    }
  }

  private async refreshAssignment(phase: TrainingPhase): Promise<void> {
    const { z } = await this.embed(this.a.steps);
    const { labels } = await this.label(z);
    if (phase === 'adversarial') await this.separateBases(z, labels);
  }

  /** Takes embeddings of the whole series as those of the current labelling. */
  private async label(z: Float32Array): Promise<Labelling> {
    const count = (this.labelling?.count ?? 0) + 1;
    this.labelling = { ...(await this.assign(z)), z, count };
    return this.labelling;
  }

  /** Metrics of the current labels go to the record of the epoch that they follow from. */
  private async evaluateLabels(): Promise<void> {
    const last = this.history.length - 1;
    if (!this.labelling || last < 0) return;
    const metrics = await this.hooks.evaluate?.(this.labelling.labels);
    if (metrics) this.history[last] = { ...this.history[last], metrics };
  }

  /** Gives clusters whose subspace has become that of another one a new basis from their own latents. */
  private async separateBases(z: Float32Array, labels: Int32Array): Promise<void> {
    const { a } = this;
    const name = 'discriminator.bases';
    const bases = (await this.state.read([name]))[name];
    const data = bases.data as Float32Array;
    const claimed = claimedTwice(data, a);
    if (claimed.length === 0) return;
    const fresh = initialBases(z, labels, a, this.random);
    const size = a.dimensions * a.rank;
    for (const k of claimed) data.set(fresh.subarray(k * size, (k + 1) * size), k * size);
    await this.state.write({ [name]: bases });
  }

  /**
   * Embeddings of the whole series, averaged over overlapping windows that begin every `stride` steps. Frames near the
   * ends of a window lack context, so they weigh less (a triangle over the window).
   */
  async embed(stride: number): Promise<Embeddings> {
    const { a, windows } = this;
    const z = new WindowAverage(windows.n, a.dimensions, a.steps);
    const deep = new WindowAverage(windows.n, a.deep, a.steps);
    for await (const batch of windows.read(windows.cover(stride))) {
      this.throwIfCancelled();
      const outputs = await this.steps.embed.run({ clean: batch.clean() });
      const { times } = batch;
      z.add(times, outputs['z'].data as Float32Array);
      deep.add(times, outputs['deep'].data as Float32Array);
    }
    return { z: z.values(), deep: deep.values() };
  }

  /** Soft assignment and labels of embeddings of the whole series. */
  async assign(z: Float32Array): Promise<Assignment> {
    const { q } = await this.steps.assign.run({ z });
    return toAssignment(q.data as Float32Array, this.a.clusters);
  }

  /**
   * Relative reconstruction error of the series, and the same when the decoder gets nothing from z: where the two are
   * alike, the decoder lives on the skip connections and z is dead.
   */
  async probeBottleneck(): Promise<{ error: number; errorWithoutBottleneck: number }> {
    const probe = await this.engine.compile(bottleneckProbe(this.a, this.h), this.state);
    const skip = scalar(scheduleAt(totalEpochs(this.h), this.h).skip);
    const sum = { error: 0, errorWithoutBottleneck: 0 };
    const batches = this.windows.cover(this.a.steps);
    for await (const batch of this.windows.read(batches)) {
      const outputs = await probe.run({ clean: batch.clean(), skip });
      sum.error += outputs['error'].data[0] / batches.length;
      sum.errorWithoutBottleneck += outputs['errorWithoutBottleneck'].data[0] / batches.length;
    }
    probe.dispose();
    return sum;
  }

  /** The trained parameters of the model and what it needs to embed and assign. */
  async parameters(): Promise<TensorValues> {
    const names = Object.keys(this.state.specs).filter(
      (name) => isGeneratorParameter(name) || /^(eof|head|discriminator)\./.test(name),
    );
    return this.state.read(names);
  }

  /** The last labelling of the series; undefined in the warm-up. */
  get current(): Labelling | undefined {
    return this.labelling;
  }

  get epochs(): readonly EpochRecord[] {
    return this.history;
  }

  private async snapshot(): Promise<Snapshot> {
    const { windows, labelling, state } = this;
    if (this.engine.remote) this.memory.rows.set(memoryRows(await state.read(memoryEntries)));
    const entries = Object.keys(state.specs).filter((name) => !isResident(name));
    return {
      epoch: this.epoch,
      random: this.random.save(),
      history: this.history,
      tensors: { ...(await state.read(entries)), ...packTrainer(windows.n, this.memory.rows, labelling) },
      times: this.times,
      clusters: this.a.clusters,
      labellings: labelling?.count ?? 0,
    };
  }

  private report(phase: Phase, step: number, steps: number): void {
    const epochs = totalEpochs(this.h);
    const recent = this.history.slice(-5);
    const perEpoch = recent.reduce((sum, r) => sum + r.seconds, 0) / Math.max(recent.length, 1);
    this.hooks.progress?.({
      phase,
      epoch: this.epoch,
      epochs,
      step,
      steps,
      secondsLeft: recent.length ? perEpoch * (epochs - this.epoch - (steps ? step / steps : 0)) : undefined,
      history: this.history,
      labelling: this.labelling,
    });
  }

  private throwIfCancelled(): void {
    if (this.hooks.signal?.aborted) throw new CancelledError();
  }

  dispose(): void {
    for (const step of Object.values(this.steps)) step.dispose();
    this.state.dispose();
  }
}
