import * as tf from '@tensorflow/tfjs-core';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TensorValues } from '../../../src/core/engine/engine';
import { convLstm, initConvLstm } from '../../../src/core/model/convLstm';
import { maxPool2x2, upsample2x2 } from '../../../src/core/model/pooling';
import { Random } from '../../../src/core/random';
import { bothEngines, difference, disagreement, randomValue, runIn } from '../engine/support';

/** A ConvLSTM written step by step, for tfjs's own differentiation. */
function naiveConvLstm(
  x: tf.Tensor4D,
  steps: number,
  wx: tf.Tensor4D,
  wh: tf.Tensor4D,
  b: tf.Tensor1D,
): tf.Tensor4D {
  const filters = wh.shape[1];
  // tfjs cannot differentiate a split into one part.
  const frames = steps === 1 ? [x] : tf.split(x, steps);
  const hwio = (w: tf.Tensor4D) => tf.transpose(w, [2, 3, 1, 0]) as tf.Tensor4D;
  const [, , height, width] = x.shape;
  const batch = x.shape[0] / steps;
  let h = tf.zeros([batch, filters, height, width]) as tf.Tensor4D;
  let c = h;
  const hidden: tf.Tensor4D[] = [];
  for (const frame of frames) {
    const z = tf.addN([
      tf.conv2d(frame as tf.Tensor4D, hwio(wx), 1, 'same', 'NCHW'),
      tf.conv2d(h, hwio(wh), 1, 'same', 'NCHW'),
      tf.mul(tf.ones<tf.Rank.R4>([batch, 1, height, width]), tf.reshape(b, [1, -1, 1, 1])),
    ]);
    const [i, f, g, o] = tf.split(z as tf.Tensor4D, 4, 1);
    c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
    h = tf.mul(tf.sigmoid(o), tf.tanh(c));
    hidden.push(h);
  }
  return tf.concat(hidden);
}

function problem(
  seed: number,
  steps: number,
  batch: number,
  inputs: number,
  filters: number,
  h: number,
  w: number,
) {
  const random = new Random(seed);
  const parameters = initConvLstm(random, inputs, filters);
  return {
    ...parameters,
    bias: randomValue(random, [4 * filters]),
    x: randomValue(random, [steps * batch, inputs, h, w]),
    dy: randomValue(random, [steps * batch, filters, h, w]),
  } satisfies TensorValues;
}

type Layer = (x: tf.Tensor4D, wx: tf.Tensor4D, wh: tf.Tensor4D, b: tf.Tensor1D) => tf.Tensor4D;

const withGradients = (layer: Layer) => (t: Record<string, tf.Tensor>) => {
  const { value, grads } = tf.valueAndGrads((...args: tf.Tensor[]) => {
    const y = layer(
      args[0] as tf.Tensor4D,
      args[1] as tf.Tensor4D,
      args[2] as tf.Tensor4D,
      args[3] as tf.Tensor1D,
    );
    return tf.sum(tf.mul(y, t.dy));
  })([t.x, t.inputKernel, t.recurrentKernel, t.bias]);
  return { value, dx: grads[0], dwx: grads[1], dwh: grads[2], db: grads[3] };
};

type T4 = tf.Tensor4D;
const ours =
  (steps: number): Layer =>
  (x, inputKernel, recurrentKernel, bias) =>
    convLstm(x, steps, { inputKernel, recurrentKernel, bias });

const ours4 = ours(4);

describe('convLstm', () => {
  for (const [steps, batch, inputs, filters, h, w] of [
    [3, 2, 2, 3, 5, 4],
    [1, 1, 3, 2, 3, 3],
    [5, 1, 1, 4, 2, 7],
    [2, 3, 4, 1, 1, 1],
  ]) {
    it(`agrees with differentiation of the plain recurrence: T=${steps} B=${batch} ${inputs}->${filters} ${h}x${w}`, async () => {
      const values = problem(7 * steps + h, steps, batch, inputs, filters, h, w);
      const [compiled, reference] = await bothEngines();
      const naive = await runIn(
        reference,
        'naive',
        values,
        withGradients((x, wx, wh, b) => naiveConvLstm(x, steps, wx, wh, b)),
      );
      for (const engine of [compiled, reference]) {
        const result = await runIn(engine, 'ours', values, withGradients(ours(steps)));
        for (const key of Object.keys(naive))
          expect(difference(result[key], naive[key]), key).toBeLessThan(2e-5);
      }
    });
  }
});

const python = '/usr/bin/python3';
const torch = spawnSync(python, ['-c', 'import torch']).status === 0;

describe.skipIf(!torch)(`convLstm against PyTorch${torch ? '' : ' (python3-torch is not installed)'}`, () => {
  for (const form of ['usual', 'batched']) {
    it(`agrees with the ${form} form`, async () => {
      const [steps, batch, inputs, filters, height, width] = [4, 2, 3, 5, 7, 6];
      const { x, inputKernel, recurrentKernel, bias, dy } = problem(
        21,
        steps,
        batch,
        inputs,
        filters,
        height,
        width,
      );
      const folder = mkdtempSync(join(tmpdir(), 'convlstm-'));
      try {
        const file = join(folder, 'problem.bin');
        const results = join(folder, 'results.bin');
        const arrays = [x, inputKernel, recurrentKernel, bias, dy].map(({ data }) =>
          Buffer.from(data.buffer),
        );
        writeFileSync(file, Buffer.concat(arrays));
        const requests = [
          { load: { steps, batch, inputs, filters, height, width, file, threads: 1 } },
          { verify: form, file: results },
        ];
        const input = requests.map((request) => JSON.stringify(request)).join('\n');
        const peer = spawnSync(python, ['bench/peer_torch.py'], { input, encoding: 'utf8' });
        expect(peer.status, peer.stderr).toBe(0);
        const theirs = new Float32Array(Uint8Array.from(readFileSync(results)).buffer);
        const [compiled] = await bothEngines();
        const results4 = await runIn(
          compiled,
          'layer',
          { x, inputKernel, recurrentKernel, bias, dy },
          (t) => {
            const { dx, dwx, dwh, db } = withGradients(ours4)(t);
            return {
              hidden: ours4(t.x as T4, t.inputKernel as T4, t.recurrentKernel as T4, t.bias as tf.Tensor1D),
              dx,
              dwx,
              dwh,
              db,
            };
          },
        );
        let offset = 0;
        for (const [name, value] of Object.entries(results4)) {
          const data = theirs.slice(offset, (offset += value.data.length));
          expect(difference(value, { ...value, data }), name).toBeLessThan(1e-5);
        }
        expect(offset).toBe(theirs.length);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});

describe('initConvLstm', () => {
  it('draws kernels within the Glorot limit, and opens the forget gate', () => {
    const { inputKernel, recurrentKernel, bias } = initConvLstm(new Random(1), 3, 5);
    expect(inputKernel.shape).toEqual([20, 3, 3, 3]);
    expect(recurrentKernel.shape).toEqual([20, 5, 3, 3]);
    for (const [{ data }, limit] of [
      [inputKernel, Math.sqrt(6 / (9 * 8))],
      [recurrentKernel, Math.sqrt(6 / (9 * 10))],
    ] as const) {
      const largest = Math.max(...data.map(Math.abs));
      expect(largest).toBeLessThanOrEqual(limit);
      expect(largest).toBeGreaterThan(0.9 * limit);
    }
    expect([...bias.data]).toEqual(Array.from({ length: 20 }, (_, i) => (i >= 5 && i < 10 ? 1 : 0)));
  });
});

describe('pooling', () => {
  it('pools and upsamples alike in both engines, ties included', async () => {
    const random = new Random(3);
    const x = randomValue(random, [2, 3, 6, 4], 'float32', (r) => r.integer(3));
    const error = await disagreement('pool', { x, dy: randomValue(random, [2, 3, 6, 4]) }, (t) => {
      const { value, grads } = tf.valueAndGrads((y) =>
        tf.sum(tf.mul(upsample2x2(maxPool2x2(y as tf.Tensor4D)), t.dy)),
      )([t.x]);
      return { value, dx: grads[0] };
    });
    expect(error).toBeLessThan(1e-6);
  });
});
