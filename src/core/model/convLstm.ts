import * as tf from '@tensorflow/tfjs-core';
import type { TensorValues } from '../engine/engine';
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
    save([images, wx, wh, hidden, ...traces.flat()]);
    return {
      value: hidden,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        backward(dy as tf.Tensor4D, steps, saved as tf.Tensor4D[]),
    };
  });
  return run(x, inputKernel, recurrentKernel, bias) as tf.Tensor4D;
}

/** What the gradient needs of each step: i, f, o after the sigmoid, g and c after the tanh, and c itself. */
type StepTrace = readonly [
  i: tf.Tensor4D,
  f: tf.Tensor4D,
  g: tf.Tensor4D,
  o: tf.Tensor4D,
  tanhC: tf.Tensor4D,
  c: tf.Tensor4D,
];
const traceLength = 6;

function forward(x: tf.Tensor4D, steps: number, wx: tf.Tensor4D, wh: tf.Tensor4D, bias: tf.Tensor1D) {
  const filters = wh.shape[1];
  const driven = tf.add(
    convolve(x, gateOrder(wx)),
    tf.reshape(gateOrder(bias), [1, -1, 1, 1]),
  ) as tf.Tensor4D;
  const recurrent = gateOrder(wh);
  const inputs = tf.split(driven, steps);
  const traces: StepTrace[] = [];
  const hidden: tf.Tensor4D[] = [];
  for (let t = 0; t < steps; t++) {
    const z = t === 0 ? inputs[t] : (tf.add(inputs[t], convolve(hidden[t - 1], recurrent)) as tf.Tensor4D);
    const [gates, candidate]: tf.Tensor4D[] = tf.split(z, [3 * filters, filters], 1);
    const [i, f, o]: tf.Tensor4D[] = tf.split(tf.sigmoid(gates), 3, 1);
    const g = tf.tanh(candidate) as tf.Tensor4D;
    const written = tf.mul(i, g) as tf.Tensor4D;
    const c = t === 0 ? written : (tf.add(tf.mul(f, traces[t - 1][5]), written) as tf.Tensor4D);
    const tanhC = tf.tanh(c) as tf.Tensor4D;
    hidden.push(tf.mul(o, tanhC) as tf.Tensor4D);
    traces.push([i, f, g, o, tanhC, c]);
  }
  return { hidden: tf.concat(hidden), traces };
}

function backward(dy: tf.Tensor4D, steps: number, saved: readonly tf.Tensor4D[]): tf.Tensor[] {
  const [x, wx, wh, hidden, ...rest] = saved;
  const batch = x.shape[0] / steps;
  const recurrent = gateOrder(wh);
  const dh = tf.split(dy, steps);
  const dz = new Array<tf.Tensor4D>(steps);
  let dcNext: tf.Tensor | undefined;
  for (let t = steps - 1; t >= 0; t--) {
    const [i, f, g, o, tanhC] = rest.slice(t * traceLength, (t + 1) * traceLength);
    const dht = t === steps - 1 ? dh[t] : tf.add(dh[t], convolveBack(dz[t + 1], recurrent, dh[t].shape));
    const throughOutput = tf.mul(tf.mul(dht, o), tf.sub(1, tf.square(tanhC)));
    const dc = dcNext ? tf.add(dcNext, throughOutput) : throughOutput;
    const di = tf.mul(tf.mul(dc, g), tf.sub(i, tf.square(i)));
    const df =
      t === 0
        ? tf.zerosLike(f)
        : tf.mul(tf.mul(dc, rest[(t - 1) * traceLength + 5]), tf.sub(f, tf.square(f)));
    const dO = tf.mul(tf.mul(dht, tanhC), tf.sub(o, tf.square(o)));
    const dg = tf.mul(tf.mul(dc, i), tf.sub(1, tf.square(g)));
    dz[t] = tf.concat([di, df, dO, dg] as tf.Tensor4D[], 1);
    dcNext = tf.mul(dc, f);
  }
  const gates = tf.concat(dz);
  const dx = convolveBack(gates, gateOrder(wx), x.shape);
  const dwx = filterGradient(x, gates, wx.shape);
  const dwh =
    steps === 1
      ? tf.zerosLike(wh)
      : filterGradient(
          tf.slice(hidden, 0, (steps - 1) * batch),
          tf.slice(gates, batch, (steps - 1) * batch),
          wh.shape,
        );
  const db = tf.sum(gates, [0, 2, 3]);
  return [dx, storedOrder(dwx), storedOrder(dwh), storedOrder(db)];
}

/** From i, f, g, o to i, f, o, g along the first axis: the sigmoid gates side by side. Its own inverse. */
function gateOrder<T extends tf.Tensor>(x: T): T {
  const [i, f, g, o] = tf.split(x, 4, 0);
  return tf.concat([i, f, o, g], 0) as T;
}
const storedOrder = gateOrder;

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
export function initConvLstm(random: Random, inputs: number, filters: number): TensorValues {
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
