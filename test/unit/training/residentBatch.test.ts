import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { resolveHyperParameters } from '../../../src/core/config';
import type { TensorData } from '../../../src/core/engine/engine';
import { createOnnxEngine } from '../../../src/core/engine/onnxEngine';
import { synthesize } from '../../../src/core/evaluation/synthetic';
import { architectureFor } from '../../../src/core/model/architecture';
import { Random } from '../../../src/core/random';
import { Memory } from '../../../src/core/training/memory';
import {
  contrastIn,
  memoryEntries,
  memoryOut,
  residentBatch,
  residentInputs,
} from '../../../src/core/training/residentBatch';
import type { Snapshot } from '../../../src/core/training/snapshot';
import { Trainer } from '../../../src/core/training/trainer';
import { framesOf } from './helpers';

beforeAll(async () => {
  await import('@tensorflow/tfjs-backend-cpu');
  await tf.setBackend('cpu');
});

describe('the contrast memory as part of the state', () => {
  const [n, d, reach, windows] = [30, 3, 2, 3];
  const random = new Random(4);
  const draw = (size: number) => Float32Array.from({ length: size }, () => random.normal());
  // Windows of four steps, time-major: the first two overlap, the third is the first again.
  const times = Int32Array.from([5, 7, 5, 6, 8, 6, 7, 9, 7, 8, 10, 8]);
  const deep = draw(times.length * d);
  const [name] = memoryEntries;

  function remembered(): Memory {
    const memory = new Memory(n, d, 16, reach, times.length);
    memory.update(
      Int32Array.from({ length: n - 1 }, (_, t) => t),
      draw((n - 1) * d),
    );
    return memory;
  }
  const inputs = (batch: Record<string, Int32Array>) =>
    Object.fromEntries(Object.entries(batch).map(([key, data]) => [key, tf.tensor1d(data, 'int32')]));

  it('moves rows as the memory in JavaScript does, one window after the other', () => {
    const memory = remembered();
    const state = { [name]: tf.tensor2d(memory.rows, [n, d]) };
    const x = inputs(residentBatch(times, Int32Array.of(0), n));
    const { [name]: moved } = memoryOut(state, x, tf.tensor2d(deep, [times.length, d]), windows);
    memory.update(times, deep);
    const rows = moved.dataSync();
    memory.rows.forEach((value, i) => expect(rows[i], `row ${Math.floor(i / d)}`).toBeCloseTo(value, 6));
  });

  it('contrasts a batch with the same rows and pairs', () => {
    const memory = remembered();
    const chosen = memory.choose(times, new Random(1));
    const expected = memory.contrast(times, new Random(1));
    const state = { [name]: tf.tensor2d(memory.rows, [n, d]) };
    const actual = contrastIn(state, inputs(residentBatch(times, chosen, n)), reach);
    for (const part of ['memory', 'positive'] as const)
      expect(Array.from(actual[part].dataSync()), part).toEqual(Array.from(expected[part]));
  });

  it('is told by indices of the declared shapes', () => {
    const specs = residentInputs(times.length, n, 7);
    const batch = residentBatch(times, new Int32Array(7), n);
    for (const [key, { shape }] of Object.entries(specs)) expect(batch[key], key).toHaveLength(shape[0]);
    expect(Object.keys(batch)).toEqual(Object.keys(specs));
  });
});

describe('training on an engine that is remote', () => {
  const h = resolveHyperParameters({
    clusters: 3,
    'window.length': 2,
    'window.batch': 2,
    'model.widthFactor': 0.0625,
    'model.embeddingDimensions': 16,
    'model.eofs': 6,
    'model.heads': 2,
    'training.warmupEpochs': 1,
    'training.jointEpochs': 1,
    'training.adversarialEpochs': 1,
    'discriminator.rank': 2,
    'discriminator.warmupSteps': 5,
    'contrast.memory': 16,
  });
  const { frames: values } = synthesize('G2', new Random(3), {
    length: 40,
    height: 8,
    width: 8,
    channels: 2,
    clusters: 3,
    rank: 2,
  });
  const frames = framesOf({ values, variables: 2, height: 8, width: 8 });
  const a = architectureFor({ n: 40, variables: 2, height: 8, width: 8 }, h);

  async function train(remote: boolean, resumed?: Snapshot, diverges = false) {
    const cpu = await createOnnxEngine({ threads: 1 });
    const asked: (readonly string[] | undefined)[] = [];
    const engine = {
      ...cpu,
      remote,
      compile: async (...of: Parameters<typeof cpu.compile>) => {
        const step = await cpu.compile(...of);
        const run = async (inputs: Record<string, TensorData>, wanted?: readonly string[]) => {
          const outputs = await step.run(inputs, wanted);
          if (of[0].name !== 'generator step') return outputs;
          asked.push(wanted);
          // From the second step on, whose losses nobody reads.
          if (diverges && asked.length > 1) outputs['total']?.data.fill(NaN);
          return outputs;
        };
        return { run, dispose: () => step.dispose() };
      },
    };
    const snapshots: Snapshot[] = [];
    const checkpoint = (taken: Snapshot): Promise<void> =>
      Promise.resolve(void snapshots.push(structuredClone(taken)));
    const trainer = await Trainer.create(frames, a, h, engine, {
      seed: 2,
      snapshot: resumed,
      hooks: { checkpoint },
    });
    await trainer.train();
    trainer.dispose();
    return { snapshots, last: snapshots.at(-1)!, asked };
  }

  it('comes to the same model, and reads losses at every eighth step and the last of an epoch only', async () => {
    const [near, far] = [await train(false), await train(true)];
    expect(Object.keys(far.last.tensors)).toEqual(Object.keys(near.last.tensors));
    for (const key of ['trainer.memory', 'trainer.q', 'trainer.z', 'discriminator.bases', 'eof.basis']) {
      const expected = near.last.tensors[key].data;
      const actual = far.last.tensors[key].data;
      expected.forEach((value, i) => expect(actual[i], `${key} ${i}`).toBeCloseTo(value, 3));
    }
    expect(near.asked.every((wanted) => wanted === undefined)).toBe(true);
    // Ten batches an epoch, sometimes eleven.
    const [first] = far.asked.map((wanted, i) => (wanted ? -1 : i)).filter((i) => i > 0);
    expect(first).toBe(8);
    expect(far.asked.filter((wanted) => wanted === undefined).length).toBeLessThanOrEqual(9);
    expect(far.last.history.map(({ losses }) => Object.values(losses).every(Number.isFinite))).toEqual([
      true,
      true,
      true,
    ]);
    expect(far.last.history[2].losses['discriminator']).toBeGreaterThan(0);
  });

  it('notices within the epoch that a loss is no number, also when it was not read at once', async () => {
    await expect(train(true, undefined, true)).rejects.toThrow(/loss "total" became NaN in epoch 1/);
  });

  it('goes on from a checkpoint of any engine as if it had not stopped', async () => {
    const { snapshots, last } = await train(true);
    const again = await train(true, snapshots[2]);
    expect(again.last.tensors['trainer.q'].data).toEqual(last.tensors['trainer.q'].data);
    expect(again.last.tensors['trainer.memory'].data).toEqual(last.tensors['trainer.memory'].data);
  });
});
