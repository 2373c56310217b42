import * as tf from '@tensorflow/tfjs-core';
import type { TensorValue } from '../engine/engine';
import type { Random } from '../random';

/**
 * The parameters of a ConvLSTM from C to F channels. The gates lie along the first axis in the order input gate i,
 * forget gate f, candidate g, output gate o, with F channels each. Kernels are stored as the engine wants them:
 * `[outputs, inputs, height, width]`.
 */
export interface ConvLstmParameters {
  /** `[4F, C, 3, 3]` */
  readonly inputKernel: tf.Tensor4D;
  /** `[4F, F, 3, 3]` */
  readonly recurrentKernel: tf.Tensor4D;
  /** `[4F]` */
  readonly bias: tf.Tensor1D;
}

/**
 * Convolutional LSTM (Shi et al., 2015, without peepholes): 3x3 'same' convolutions, sigmoid gates, tanh candidate and
 * output, zero initial state. With z_t = W_x * x_t + W_h * h_{t-1} + b, cut into i, f, g, o:
 * c_t = sigmoid(f) c_{t-1} + sigmoid(i) tanh(g), h_t = sigmoid(o) tanh(c_t).
 *
 * One function with its own gradient: only the recurrent convolution runs step by step; those of the input, and every
 * weight gradient, run once over the whole sequence.
 *
 * @param x `[T*B, C, H, W]`, time-major: the B frames of step 0, then those of step 1, ...
 * @param steps T
 * @returns all hidden states, `[T*B, F, H, W]`, in the same order.
 */
export function convLstm(x: tf.Tensor4D, steps: number, parameters: ConvLstmParameters): tf.Tensor4D {
  const { inputKernel, recurrentKernel, bias } = parameters;
  if (x.shape[0] % steps !== 0)
    throw new Error(`${x.shape[0]} frames are not ${steps} steps of equal batches.`);
  const run = tf.customGrad((...args) => {
    const [images, wx, wh, b] = args as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D, tf.Tensor1D];
    const save = args[4] as tf.GradSaveFunc;
    const { hidden, traces } = forward(images, steps, wx, wh, b);
    save([images, wx, wh, hidden, ...traces.flatMap((trace) => traceNames.map((name) => trace[name]))]);
    return {
      value: hidden,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        backward(dy as tf.Tensor4D, steps, saved as tf.Tensor4D[]),
    };
  });
  return run(x, inputKernel, recurrentKernel, bias) as tf.Tensor4D;
}

/**
 * What the gradient needs of each step: i, f, o after the sigmoid, g and tanh c after the tanh, what was written
 * (w = i g) and kept (v = f c_{t-1}) of the cell, and h. The first step keeps nothing: it has no v.
 */
interface StepTrace {
  readonly i: tf.Tensor4D;
  readonly f: tf.Tensor4D;
  readonly o: tf.Tensor4D;
  readonly g: tf.Tensor4D;
  readonly tanhC: tf.Tensor4D;
  readonly w: tf.Tensor4D;
  readonly v: tf.Tensor4D;
  readonly h: tf.Tensor4D;
}
const traceNames = ['i', 'f', 'o', 'g', 'tanhC', 'w', 'v', 'h'] as const;

function forward(x: tf.Tensor4D, steps: number, wx: tf.Tensor4D, wh: tf.Tensor4D, bias: tf.Tensor1D) {
  const filters = wh.shape[1];
  const driven = tf.add(convolve(x, wx), tf.reshape(bias, [1, -1, 1, 1])) as tf.Tensor4D;
  const inputs: tf.Tensor4D[] = tf.split(driven, steps);
  const traces: StepTrace[] = [];
  let last: { h: tf.Tensor4D; c: tf.Tensor4D } | undefined;
  for (const input of inputs) {
    const z: tf.Tensor4D = last ? tf.add(input, convolve(last.h, wh)) : input;
    const [zif, zg, zo]: tf.Tensor4D[] = tf.split(z, [2 * filters, filters, filters], 1);
    const [i, f]: tf.Tensor4D[] = tf.split(tf.sigmoid(zif), 2, 1);
    const g = tf.tanh(zg);
    const o = tf.sigmoid(zo);
    const w: tf.Tensor4D = tf.mul(i, g);
    const v: tf.Tensor4D = last ? tf.mul(f, last.c) : tf.zerosLike(w);
    const c: tf.Tensor4D = tf.add(v, w);
    const tanhC = tf.tanh(c);
    const h: tf.Tensor4D = tf.mul(o, tanhC);
    traces.push({ i, f, o, g, tanhC, w, v, h });
    last = { h, c };
  }
  return { hidden: tf.concat(traces.map(({ h }) => h)), traces };
}

/**
 * The gradients for x, both kernels and the bias. The slopes of the gates need no more than what {@link StepTrace}
 * holds: with s' = s (1 - s) for a sigmoid s, d(i g)/dz_i = w (1 - i), d(f c)/dz_f = v (1 - f), dh/dz_o = h (1 - o),
 * d(i g)/dz_g = i (1 - g^2) = i - w g, and dh/dc = o (1 - tanh^2 c) = o - h tanh c.
 */
function backward(dy: tf.Tensor4D, steps: number, saved: readonly tf.Tensor4D[]): tf.Tensor[] {
  const [x, wx, wh, hidden, ...rest] = saved;
  const batch = x.shape[0] / steps;
  const dh: tf.Tensor4D[] = tf.split(dy, steps);
  const dz = new Array<tf.Tensor4D>(steps);
  let dcNext: tf.Tensor | undefined;
  for (let t = steps - 1; t >= 0; t--) {
    const { i, f, o, g, tanhC, w, v, h } = traceAt(rest, t);
    const dht: tf.Tensor4D =
      t === steps - 1 ? dh[t] : tf.add(dh[t], convolveBack(dz[t + 1], wh, dh[t].shape));
    const throughOutput = tf.mul(dht, tf.sub(o, tf.mul(h, tanhC)));
    const dc = dcNext ? tf.add(dcNext, throughOutput) : throughOutput;
    dz[t] = tf.concat<tf.Tensor4D>(
      [
        tf.mul(dc, tf.sub(w, tf.mul(w, i))),
        t === 0 ? tf.zerosLike(v) : tf.mul(dc, tf.sub(v, tf.mul(v, f))),
        tf.mul(dc, tf.sub(i, tf.mul(w, g))),
        tf.mul(dht, tf.sub(h, tf.mul(h, o))),
      ],
      1,
    );
    dcNext = tf.mul(dc, f);
  }
  const gates = tf.concat(dz);
  const dwh =
    steps === 1
      ? tf.zerosLike(wh)
      : filterGradient(
          tf.slice(hidden, 0, (steps - 1) * batch),
          tf.slice(gates, batch, (steps - 1) * batch),
          wh.shape,
        );
  const [frames, outputs, height, width] = gates.shape;
  const pixelSums = tf.sum(tf.reshape(gates, [frames, outputs, height * width]), 2);
  return [convolveBack(gates, wx, x.shape), filterGradient(x, gates, wx.shape), dwh, tf.sum(pixelSums, 0)];
}

function traceAt(saved: readonly tf.Tensor4D[], t: number): StepTrace {
  const at = (name: (typeof traceNames)[number]) => saved[t * traceNames.length + traceNames.indexOf(name)];
  return Object.fromEntries(traceNames.map((name) => [name, at(name)])) as unknown as StepTrace;
}

/** 'same' convolution of NCHW images with an OIHW kernel. */
function convolve(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  return tf.conv2d(x, toHwio(kernel), 1, 'same', 'NCHW');
}

function toHwio(kernel: tf.Tensor4D): tf.Tensor4D {
  return tf.transpose(kernel, [2, 3, 1, 0]);
}

const geometry = { strides: 1, pad: 'same', dataFormat: 'NCHW' };

/** The gradient of {@link convolve} for its images. */
function convolveBack(dy: tf.Tensor4D, kernel: tf.Tensor4D, inputShape: number[]): tf.Tensor4D {
  return tf
    .engine()
    .runKernel(tf.Conv2DBackpropInput, { dy, filter: toHwio(kernel) }, { ...geometry, inputShape });
}

/** The gradient of {@link convolve} for its kernel. */
function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, kernelShape: number[]): tf.Tensor4D {
  const [o, i, h, w] = kernelShape;
  const gradient = tf
    .engine()
    .runKernel(tf.Conv2DBackpropFilter, { x, dy }, { ...geometry, filterShape: [h, w, i, o] });
  return tf.transpose(gradient as tf.Tensor4D, [3, 2, 0, 1]);
}

/**
 * Initial parameters: Glorot-uniform kernels (Glorot and Bengio, 2010) with the fans of one gate, bias zero except 1
 * for the forget gate (Jozefowicz et al., 2015).
 */
export function initConvLstm(
  random: Random,
  inputs: number,
  filters: number,
): Record<keyof ConvLstmParameters, TensorValue> {
  const kernel = (channels: number) => {
    const limit = Math.sqrt(6 / (9 * (channels + filters)));
    const data = new Float32Array(4 * filters * channels * 9);
    for (let i = 0; i < data.length; i++) data[i] = limit * (2 * random.uniform() - 1);
    return { shape: [4 * filters, channels, 3, 3], dtype: 'float32' as const, data };
  };
  return {
    inputKernel: kernel(inputs),
    recurrentKernel: kernel(filters),
    bias: {
      shape: [4 * filters],
      dtype: 'float32',
      data: new Float32Array(4 * filters).fill(1, filters, 2 * filters),
    },
  };
}
