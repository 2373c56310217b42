import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveHyperParameters, type HyperParameters } from '../../../src/core/config';
import { createReferenceEngine } from '../../../src/core/engine/eagerEngine';
import type { Engine } from '../../../src/core/engine/engine';
import { createOnnxEngine } from '../../../src/core/engine/onnxEngine';
import { CancelledError } from '../../../src/core/errors';
import { synthesize } from '../../../src/core/evaluation/synthetic';
import { architectureFor, type Architecture } from '../../../src/core/model/architecture';
import { Random } from '../../../src/core/random';
import type { EpochRecord } from '../../../src/core/progress';
import { readCheckpoint, readCheckpointSeries, writeCheckpoint } from '../../../src/core/training/checkpoint';
import type { Labelling } from '../../../src/core/training/series';
import { labellingOf, type Snapshot } from '../../../src/core/training/snapshot';
import { Trainer, type TrainerHooks } from '../../../src/core/training/trainer';
import { framesOf } from './helpers';

/** A model small enough for tests that train it several times. */
const h = resolveHyperParameters({
  clusters: 3,
  'window.length': 4,
  'window.stride': 2,
  'window.batch': 2,
  'model.widthFactor': 0.0625,
  'model.embeddingDimensions': 16,
  'model.eofs': 6,
  'model.heads': 2,
  'training.warmupEpochs': 2,
  'training.jointEpochs': 2,
  'training.adversarialEpochs': 2,
  'discriminator.rank': 2,
  'discriminator.warmupSteps': 10,
  'contrast.memory': 32,
});

const field = synthesize('G2', new Random(3), {
  length: 40,
  height: 8,
  width: 8,
  channels: 2,
  clusters: 3,
  rank: 2,
});
const frames = framesOf({ values: field.frames, variables: 2, height: 8, width: 8 });
const a = architectureFor({ n: 40, variables: 2, height: 8, width: 8 }, h);

async function trained(
  engine: Engine,
  options: {
    seed?: number;
    snapshot?: Snapshot;
    hooks?: TrainerHooks;
    settings?: HyperParameters;
    sizes?: Architecture;
  } = {},
): Promise<{
  q: Float32Array;
  losses: Record<string, number>[];
  /** All but the seconds. */
  history: Omit<EpochRecord, 'seconds'>[];
  snapshots: Snapshot[];
  labelling: Labelling;
}> {
  const snapshots: Snapshot[] = [];
  const settings = options.settings ?? h;
  const trainer = await Trainer.create(frames, options.sizes ?? a, settings, engine, {
    seed: options.seed ?? 1,
    snapshot: options.snapshot,
    hooks: {
      checkpoint: async (snapshot) => void snapshots.push(structuredClone(snapshot)),
      evaluate: (labels) => Promise.resolve({ rmse: labels.reduce((sum, label, t) => sum + label * t, 0) }),
      ...options.hooks,
    },
  });
  try {
    await trainer.train();
    const { z } = await trainer.embed(h['window.stride']);
    const { q } = await trainer.assign(z);
    return {
      q,
      losses: trainer.epochs.map((record) => ({ ...record.losses })),
      history: trainer.epochs.map(({ seconds: _, ...record }) => record),
      snapshots,
      labelling: trainer.current!,
    };
  } finally {
    trainer.dispose();
  }
}

describe('the trainer', () => {
  it('gives the same assignments for the same seed, and others for another', async () => {
    const engine = await createOnnxEngine();
    const [one, again, other] = [
      await trained(engine),
      await trained(engine),
      await trained(engine, { seed: 2 }),
    ];
    expect(again.q).toEqual(one.q);
    expect(other.q).not.toEqual(one.q);
  });

  it.each([0, 1, 2, 4, 5])('continues from the checkpoint of epoch %i to the same result', async (epoch) => {
    const engine = await createOnnxEngine();
    const whole = await trained(engine);
    const resumed = await trained(engine, { snapshot: whole.snapshots[epoch] });
    expect(resumed.q).toEqual(whole.q);
    expect(resumed.history).toEqual(whole.history);
    expect(resumed.labelling).toEqual(whole.labelling);
  });

  it.each<Partial<HyperParameters>>([
    { 'model.encoder': 'cnn-lstm' },
    { 'model.temporalAttention': false, 'model.selfExpression': false },
  ])('continues with %j, too, and knows what the bottleneck carries', async (changed) => {
    const engine = await createOnnxEngine();
    const settings = { ...h, ...changed };
    const sizes = architectureFor({ n: 40, variables: 2, height: 8, width: 8 }, settings);
    const whole = await trained(engine, { settings, sizes });
    const resumed = await trained(engine, { settings, sizes, snapshot: whole.snapshots[3] });
    expect(resumed.q).toEqual(whole.q);
    expect(resumed.history).toEqual(whole.history);
    expect('selfExpression' in whole.losses[5]).toBe(sizes.selfExpression);
    const trainer = await Trainer.create(frames, sizes, settings, engine, {
      seed: 1,
      snapshot: whole.snapshots[6],
    });
    const { error, errorWithoutBottleneck } = await trainer.probeBottleneck();
    trainer.dispose();
    expect(error).toBeLessThan(0.99 * errorWithoutBottleneck);
  });

  it('continues from a checkpoint on disk, also from one of an old version', async () => {
    const engine = await createOnnxEngine();
    const whole = await trained(engine);
    const folder = mkdtempSync(path.join(tmpdir(), 'checkpoint-'));
    try {
      await writeCheckpoint(folder, whole.snapshots[4]);
      const snapshot = await readCheckpoint(folder);
      // JSON has null for the NaN among the random numbers, which says that none is left over.
      const random = whole.snapshots[4].random.map((value) => (Number.isNaN(value) ? null : value));
      expect(snapshot).toEqual({ ...whole.snapshots[4], random });
      // What is drawn of a run that has stopped.
      const series = await readCheckpointSeries(folder);
      expect(Object.keys(series.tensors)).toEqual(['trainer.q', 'trainer.z']);
      expect(labellingOf(series)).toEqual(labellingOf(whole.snapshots[4]));
      expect(series).toMatchObject({ times: frames.time.iso, clusters: 3, epoch: 4 });

      const { times: _t, clusters: _c, labellings: _l, ...rest } = whole.snapshots[4];
      const { 'trainer.z': _z, ...tensors } = rest.tensors;
      const history = rest.history.map(({ schedule, metrics: _m, losses, ...record }): EpochRecord => ({
        ...record,
        losses: { ...losses, ...schedule },
      }));
      await writeCheckpoint(folder, { ...rest, tensors, history });
      const resumed = await trained(engine, { snapshot: await readCheckpoint(folder) });
      expect(resumed.q).toEqual(whole.q);
      expect(resumed.losses).toEqual(whole.losses);
      expect(resumed.history.map(({ schedule }) => schedule)).toEqual(
        whole.history.map(({ schedule }) => schedule),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('reports every labelling once, with what was assigned, and its metrics with its epoch', async () => {
    const seen = new Map<number, Labelling>();
    const hooks: TrainerHooks = {
      progress: ({ labelling, phase }) => {
        expect(labelling === undefined).toBe(phase === 'warm-up');
        if (!labelling) return;
        expect(seen.get(labelling.count) ?? labelling).toBe(labelling);
        seen.set(labelling.count, labelling);
      },
    };
    const { history } = await trained(await createOnnxEngine(), { hooks });
    const counts = [...seen.keys()];
    expect(counts).toEqual(counts.map((_, i) => i + 1));
    for (const { labels, q, z } of seen.values()) {
      expect([labels.length, q.length, z!.length]).toEqual([40, 40 * 3, 40 * a.dimensions]);
    }
    // The first labels are those of the centres that follow from the warm-up.
    expect(history.map(({ metrics }) => metrics !== undefined)).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
    ]);
    const { labels } = [...seen.values()].at(-1)!;
    expect(history[5].metrics!.rmse).toBe(labels.reduce((sum, label, t) => sum + label * t, 0));
    expect(Object.keys(history[0].schedule!)).toEqual(['temperature', 'learningRate', 'windows']);
    expect(history[0].losses).not.toHaveProperty('temperature');
  });

  it('stops after the step when it is cancelled', async () => {
    const controller = new AbortController();
    let reports = 0;
    const hooks: TrainerHooks = {
      signal: controller.signal,
      progress: () => {
        if (++reports === 3) controller.abort();
      },
    };
    await expect(trained(await createOnnxEngine(), { hooks })).rejects.toThrow(CancelledError);
    expect(reports).toBe(3);
  });

  it('goes through all phases with finite losses, and learns', async () => {
    const { losses } = await trained(await createOnnxEngine());
    expect(losses).toHaveLength(6);
    for (const record of losses)
      for (const value of Object.values(record)) expect(value).toBeTypeOf('number');
    expect(losses[5].discriminator).toBeGreaterThan(0);
    expect(losses[3].target).toBeGreaterThan(0);
    expect(losses[1].redundancy).toBeLessThan(losses[0].redundancy);
  });

  it.each<Partial<HyperParameters>>([
    { 'selfExpression.timeScale': 5 },
    { 'discriminator.hinge': 'absolute' },
    { 'loss.redundancyForm': 'covariance' },
    { 'model.attentionResidual': false },
    { 'model.attentionScore': 'additive' },
    { 'schedule.skipStrength': 0 },
    { 'window.batch': 1, 'window.length': 2 },
    { 'model.temporalAttention': false },
    { 'model.selfExpression': false, 'selfExpression.timeScale': 5 },
  ])('trains with %j, which makes a difference', async (changed) => {
    const engine = await createOnnxEngine();
    const settings = { ...h, ...changed };
    const sizes = architectureFor({ n: 40, variables: 2, height: 8, width: 8 }, settings);
    const { q } = await trained(engine, { settings, sizes });
    expect(q.every(Number.isFinite)).toBe(true);
    expect(q).not.toEqual((await trained(engine)).q);
  });

  it(
    'computes the same on the compiled and on the eager reference engine',
    { timeout: 300_000 },
    async () => {
      const settings: HyperParameters = {
        ...h,
        'training.warmupEpochs': 1,
        'training.jointEpochs': 1,
        'training.adversarialEpochs': 1,
        'training.maxStepsPerEpoch': 1,
        'discriminator.steps': 2,
      };
      const compiled = await trained(await createOnnxEngine(), { settings });
      const eager = await trained(await createReferenceEngine(), { settings });
      // Rounding differs, and an Adam step turns the sign of a tiny gradient into a whole step: tight at first, then looser.
      for (const name of ['total', 'reconstruction', 'redundancy', 'selfExpression', 'target']) {
        expect(compiled.losses[0][name] - eager.losses[0][name]).toBeCloseTo(0, 4);
        expect(compiled.losses[2][name] - eager.losses[2][name]).toBeCloseTo(0, 2);
      }
      const worst = Math.max(...compiled.q.map((value, i) => Math.abs(value - eager.q[i])));
      expect(worst).toBeLessThan(0.02);
    },
  );
});
