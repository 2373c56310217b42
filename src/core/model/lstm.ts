import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine';
import { parameter, type ParameterBuilder } from './parameters';

/**
 * The parameters of D independent LSTMs of the same size, from I to F features. The gates lie along the last axis in the
 * order input gate i, forget gate f, candidate g, output gate o, with F features each.
 */
export interface LstmParameters {
  /** `[D, I, 4F]` */
  readonly inputWeight: tf.Tensor3D;
  /** `[D, F, 4F]` */
  readonly recurrentWeight: tf.Tensor3D;
  /** `[D, 4F]` */
  readonly bias: tf.Tensor2D;
}

/**
 * D LSTMs side by side (Hochreiter and Schmidhuber, 1997, with forget gates), zero initial state. With
 * z_t = x_t W_x + h_{t-1} W_h + b, cut into i, f, g, o: c_t = sigmoid(f) c_{t-1} + sigmoid(i) tanh(g),
 * h_t = sigmoid(o) tanh(c_t).
 *
 * One function with its own gradient, as the ConvLSTM: only the recurrent product runs step by step; that of the input,
 * and every weight gradient, is one product over the whole sequence. The steps are unrolled in a compiled graph, about 30
 * nodes each with the gradient: sequences of more than a few hundred steps take long to load.
 *
 * @param x `[D, T*B, I]`, time-major: the B sequences at step 0, then at step 1, ...
 * @param steps T
 * @returns all hidden states, `[D, T*B, F]`, in the same order.
 */
export function lstm(x: tf.Tensor3D, steps: number, parameters: LstmParameters): tf.Tensor3D {
  const { inputWeight, recurrentWeight, bias } = parameters;
  if (x.shape[1] % steps !== 0)
    throw new Error(`${x.shape[1]} rows are not ${steps} steps of equal batches.`);
  const run = tf.customGrad((...args) => {
    const [input, wx, wh, b] = args as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D, tf.Tensor2D];
    const save = args[4] as tf.GradSaveFunc;
    const { hidden, traces } = forward(input, steps, wx, wh, b);
    save([input, wx, wh, hidden, ...traces.flatMap((trace) => traceNames.map((name) => trace[name]))]);
    return {
      value: hidden,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        backward(dy as tf.Tensor3D, steps, saved as tf.Tensor3D[]),
    };
  });
  return run(x, inputWeight, recurrentWeight, bias) as tf.Tensor3D;
}

/**
 * What the gradient needs of each step, `[D, B, F]`: i, f, o after the sigmoid, g and tanh c after the tanh, what was
 * written (w = i g) and kept (v = f c_{t-1}) of the cell, and h.
 */
interface StepTrace {
  readonly i: tf.Tensor3D;
  readonly f: tf.Tensor3D;
  readonly o: tf.Tensor3D;
  readonly g: tf.Tensor3D;
  readonly tanhC: tf.Tensor3D;
  readonly w: tf.Tensor3D;
  readonly v: tf.Tensor3D;
  readonly h: tf.Tensor3D;
}
const traceNames = ['i', 'f', 'o', 'g', 'tanhC', 'w', 'v', 'h'] as const;

function forward(x: tf.Tensor3D, steps: number, wx: tf.Tensor3D, wh: tf.Tensor3D, bias: tf.Tensor2D) {
  const [sequences, features] = wh.shape;
  const driven = tf.add(tf.matMul(x, wx), tf.reshape(bias, [sequences, 1, -1])) as tf.Tensor3D;
  const inputs: tf.Tensor3D[] = tf.split(driven, steps, 1);
  const traces: StepTrace[] = [];
  let last: { h: tf.Tensor3D; c: tf.Tensor3D } | undefined;
  for (const input of inputs) {
    const z: tf.Tensor3D = last ? tf.add(input, tf.matMul(last.h, wh)) : input;
    const [zif, zg, zo]: tf.Tensor3D[] = tf.split(z, [2 * features, features, features], 2);
    const [i, f]: tf.Tensor3D[] = tf.split(tf.sigmoid(zif), 2, 2);
    const g = tf.tanh(zg);
    const o = tf.sigmoid(zo);
    const w: tf.Tensor3D = tf.mul(i, g);
    const v: tf.Tensor3D = last ? tf.mul(f, last.c) : tf.zerosLike(w);
    const c: tf.Tensor3D = tf.add(v, w);
    const tanhC = tf.tanh(c);
    const h: tf.Tensor3D = tf.mul(o, tanhC);
    traces.push({ i, f, o, g, tanhC, w, v, h });
    last = { h, c };
  }
  return {
    hidden: tf.concat(
      traces.map(({ h }) => h),
      1,
    ),
    traces,
  };
}

/** The gradients for x, both weights and the bias; the slopes of the gates as in the ConvLSTM's gradient. */
function backward(dy: tf.Tensor3D, steps: number, saved: readonly tf.Tensor3D[]): tf.Tensor[] {
  const [x, wx, wh, hidden, ...rest] = saved;
  const [sequences, features] = wh.shape;
  const batch = x.shape[1] / steps;
  const dh: tf.Tensor3D[] = tf.split(dy, steps, 1);
  const dz = new Array<tf.Tensor3D>(steps);
  let dcNext: tf.Tensor | undefined;
  for (let t = steps - 1; t >= 0; t--) {
    const { i, f, o, g, tanhC, w, v, h } = traceAt(rest, t);
    const dht: tf.Tensor = t === steps - 1 ? dh[t] : tf.add(dh[t], tf.matMul(dz[t + 1], wh, false, true));
    const throughOutput = tf.mul(dht, tf.sub(o, tf.mul(h, tanhC)));
    const dc: tf.Tensor = dcNext ? tf.add(dcNext, throughOutput) : throughOutput;
    dz[t] = tf.concat<tf.Tensor3D>(
      [
        tf.mul(dc, tf.sub(w, tf.mul(w, i))),
        t === 0 ? tf.zerosLike(v) : tf.mul(dc, tf.sub(v, tf.mul(v, f))),
        tf.mul(dc, tf.sub(i, tf.mul(w, g))),
        tf.mul(dht, tf.sub(h, tf.mul(h, o))),
      ],
      2,
    );
    dcNext = tf.mul(dc, f);
  }
  const gates = tf.concat(dz, 1);
  const later = (steps - 1) * batch;
  const dwh =
    steps === 1
      ? tf.zerosLike(wh)
      : tf.matMul(
          tf.slice(hidden, [0, 0, 0], [sequences, later, features]),
          tf.slice(gates, [0, batch, 0], [sequences, later, 4 * features]),
          true,
        );
  return [tf.matMul(gates, wx, false, true), tf.matMul(x, gates, true), dwh, tf.sum(gates, 1)];
}

function traceAt(saved: readonly tf.Tensor3D[], t: number): StepTrace {
  const at = (name: (typeof traceNames)[number]) => saved[t * traceNames.length + traceNames.indexOf(name)];
  return Object.fromEntries(traceNames.map((name) => [name, at(name)])) as unknown as StepTrace;
}

/**
 * Two LSTMs, one of which runs backward in time; their hidden states are summed step by step.
 * @param x `[T, B, I]`
 * @returns `[T, B, F]`
 */
export function bidirectionalLstm(parameters: Tensors, name: string, x: tf.Tensor3D): tf.Tensor3D {
  const [steps, batch, inputs] = x.shape;
  const both = tf.reshape(tf.stack([x, tf.reverse(x, 0)]), [2, steps * batch, inputs]) as tf.Tensor3D;
  const hidden = lstm(both, steps, lstmParameters(parameters, name));
  const features = hidden.shape[2];
  const [forth, back]: tf.Tensor[] = tf.split(tf.reshape(hidden, [2, steps, batch, features]), 2);
  const inTime = (h: tf.Tensor) => tf.reshape(h, [steps, batch, features]) as tf.Tensor3D;
  return tf.add(inTime(forth), tf.reverse(inTime(back), 0));
}

/** The parameters of the LSTMs called `name`. */
export function lstmParameters(parameters: Tensors, name: string): LstmParameters {
  return {
    inputWeight: parameter<tf.Tensor3D>(parameters, `${name}.inputWeight`),
    recurrentWeight: parameter<tf.Tensor3D>(parameters, `${name}.recurrentWeight`),
    bias: parameter<tf.Tensor2D>(parameters, `${name}.bias`),
  };
}

/**
 * Initial parameters of `sequences` LSTMs, as Keras draws them: Glorot-uniform input weights (Glorot and Bengio, 2010),
 * orthogonal recurrent ones (Saxe et al., 2014), bias zero except 1 for the forget gate (Jozefowicz et al., 2015).
 */
export function addLstm(
  builder: ParameterBuilder,
  name: string,
  { inputs, features, sequences = 1 }: { inputs: number; features: number; sequences?: number },
): void {
  const limit = Math.sqrt(6 / (inputs + 4 * features));
  const input = new Float32Array(sequences * inputs * 4 * features);
  for (let i = 0; i < input.length; i++) input[i] = limit * (2 * builder.random.uniform() - 1);
  const recurrent = new Float32Array(sequences * features * 4 * features);
  const bias = new Float32Array(sequences * 4 * features);
  for (let s = 0; s < sequences; s++) {
    recurrent.set(
      orthonormalRows(features, 4 * features, () => builder.random.normal()),
      s * features * 4 * features,
    );
    bias.fill(1, s * 4 * features + features, s * 4 * features + 2 * features);
  }
  builder.add(`${name}.inputWeight`, [sequences, inputs, 4 * features], input);
  builder.add(`${name}.recurrentWeight`, [sequences, features, 4 * features], recurrent);
  builder.add(`${name}.bias`, [sequences, 4 * features], bias);
}

/** Random orthonormal rows `[count, length]`, count <= length: modified Gram-Schmidt on normal numbers. */
function orthonormalRows(count: number, length: number, normal: () => number): Float64Array {
  const rows = Float64Array.from({ length: count * length }, normal);
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * length, (i + 1) * length);
    for (let j = 0; j < i; j++) {
      const other = rows.subarray(j * length, (j + 1) * length);
      let product = 0;
      for (let k = 0; k < length; k++) product += row[k] * other[k];
      for (let k = 0; k < length; k++) row[k] -= product * other[k];
    }
    let square = 0;
    for (let k = 0; k < length; k++) square += row[k] * row[k];
    const scale = 1 / Math.sqrt(square);
    for (let k = 0; k < length; k++) row[k] *= scale;
  }
  return rows;
}
