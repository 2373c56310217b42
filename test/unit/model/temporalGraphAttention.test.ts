import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Architecture } from '../../../src/core/model/architecture';
import { ParameterBuilder } from '../../../src/core/model/parameters';
import {
  initTemporalGraphAttention,
  temporalGraphAttention,
  type AttentionScore,
} from '../../../src/core/model/temporalGraphAttention';
import { normal, random } from './helpers';

const [steps, batch, nodes, f, heads] = [4, 2, 3, 8, 2];
const a = { steps, batch, nodes, heads, channels: [2, 4, 6, f] } as unknown as Architecture;

describe('bidirectional temporal graph attention', () => {
  const builder = new ParameterBuilder(random(2));
  initTemporalGraphAttention(builder, a, 'additive');
  const parameters = Object.fromEntries(
    Object.entries(builder.values).map(([name, v]) => [name, tf.tensor(v.data, [...v.shape])]),
  );
  const h = normal<tf.Tensor4D>(random(7), [steps, batch, nodes, f]);
  const values = h.arraySync();
  const matrix = (name: string): number[][] => parameters[name].arraySync() as number[][];
  const times = (x: number[], m: number[][]): number[] =>
    m[0].map((_, j) => x.reduce((sum, value, i) => sum + value * m[i][j], 0));

  /** Eqs. 2 and 3 in plain loops, for one node. */
  function naive(
    t: number,
    b: number,
    node: number,
    residual: boolean,
    score: AttentionScore = 'dot',
  ): number[] {
    const messages = (['forward', 'backward'] as const).flatMap((direction) => {
      const other = t + (direction === 'forward' ? 1 : -1);
      if (other < 0 || other >= steps) return new Array(f).fill(0);
      const query = times(values[t][b][node], matrix(`attention.${direction}.query.weight`));
      const keys = values[other][b].map((x) => times(x, matrix(`attention.${direction}.key.weight`)));
      const vs = values[other][b].map((x) => times(x, matrix(`attention.${direction}.value.weight`)));
      const size = f / heads;
      return Array.from({ length: heads }, (_, head) => {
        const part = (x: number[]): number[] => x.slice(head * size, (head + 1) * size);
        const inner = (x: number[], y: number[]): number =>
          x.reduce((sum, value, i) => sum + value * y[i], 0);
        const learned = parameters[`attention.${direction}.score`].arraySync() as number[][][][];
        const additive = (key: number[]): number => {
          const sum = inner(part(query), learned[0][head][0]) + inner(part(key), learned[1][head][0]);
          return sum > 0 ? sum : 0.2 * sum;
        };
        const scores = keys.map((key) =>
          Math.exp(score === 'dot' ? inner(part(key), part(query)) / Math.sqrt(size) : additive(key)),
        );
        const total = scores.reduce((x, y) => x + y, 0);
        return Array.from({ length: size }, (_, i) =>
          vs.reduce((sum, v, j) => sum + (scores[j] / total) * part(v)[i], 0),
        );
      }).flat();
    });
    const update = times(messages, matrix('attention.output.weight'));
    const sum = residual ? update.map((value, i) => value + values[t][b][node][i]) : update;
    const mean = sum.reduce((x, y) => x + y, 0) / f;
    const variance = sum.reduce((x, y) => x + (y - mean) ** 2, 0) / f;
    return sum.map((value) => (value - mean) / Math.sqrt(variance + 1e-5));
  }

  it.each<[boolean, AttentionScore]>([
    [true, 'dot'],
    [false, 'dot'],
    [true, 'additive'],
  ])('is eqs. 2 and 3, with residual %s and %s scores', (residual, score) => {
    const output = temporalGraphAttention(parameters, a, h, residual, score).arraySync() as number[][][][];
    for (let t = 0; t < steps; t++) {
      for (let b = 0; b < batch; b++) {
        for (let node = 0; node < nodes; node++) {
          naive(t, b, node, residual, score).forEach((value, i) =>
            expect(output[t][b][node][i]).toBeCloseTo(value, 4),
          );
        }
      }
    }
  });

  it('without the residual holds nothing of the frame but its queries, as the equation says', () => {
    // One node per frame: attention weights are 1 whatever the query, so z_t cannot depend on frame t.
    const single = tf.slice(h, [0, 0, 0, 0], [steps, batch, 1, f]) as tf.Tensor4D;
    const before = temporalGraphAttention(parameters, a, single, false, 'dot');
    const changed = tf.concat([
      tf.mul(tf.slice(single, 0, 1), 3),
      tf.slice(single, 1, steps - 1),
    ]) as tf.Tensor4D;
    const after = temporalGraphAttention(parameters, a, changed, false, 'dot');
    const first = (x: tf.Tensor): number[] => [...tf.slice(x, 0, 1).dataSync()];
    expect(first(after)).toEqual(first(before));
  });
});
