import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  addSpatialAutoencoder,
  decodeImages,
  type Dropout,
  encodeImages,
  flatSize,
  type SpatialAutoencoder,
} from '../../../../src/core/methods/network/spatialAutoencoder';
import { ParameterBuilder } from '../../../../src/core/model/parameters';
import { Random } from '../../../../src/core/random';
import { bothEngines, difference, disagreement, randomValue, runIn } from '../../engine/support';
import { expectGradients } from './layers';

type Tensors = Record<string, tf.Tensor>;

const network: SpatialAutoencoder = {
  variables: 2,
  height: 16,
  width: 32,
  channels: [2, 3, 2, 3, 4],
  units: 5,
  dimensions: 3,
};

function problem() {
  const builder = new ParameterBuilder(new Random(4));
  addSpatialAutoencoder(builder, network);
  const random = new Random(5);
  return {
    parameters: builder.values,
    values: {
      ...builder.values,
      images: randomValue(random, [2, 2, 16, 32]),
      weights: randomValue(random, [2, 2, 16, 32]),
    },
  };
}

const encode = (t: Tensors, dropout?: Dropout) => encodeImages(t, network, t.images as tf.Tensor4D, dropout);
const reconstruct = (t: Tensors) => decodeImages(t, network, encode(t));

describe('the spatial autoencoder', () => {
  it('turns images into latent rows in (0, 1), and these into images in (-1, 1)', async () => {
    const { values } = problem();
    const [compiled] = await bothEngines();
    const { z, y } = await runIn(compiled, 'network', values, (t) => ({ z: encode(t), y: reconstruct(t) }));
    expect([z.shape, y.shape]).toEqual([
      [2, 3],
      [2, 2, 16, 32],
    ]);
    expect(z.data.every((v) => v > 0 && v < 1)).toBe(true);
    expect(y.data.every((v) => Math.abs(v) < 1)).toBe(true);
  });

  it('computes the same in both engines', async () => {
    const { values } = problem();
    const compute = (t: Tensors) => ({ z: encode(t), y: reconstruct(t) });
    expect(await disagreement('network', values, compute)).toBeLessThan(1e-5);
  });

  it('has gradients for all of its parameters', async () => {
    const { parameters, values } = problem();
    await expectGradients(values, reconstruct, Object.keys(parameters), 1e-3);
  });

  it('drops inputs of its LSTMs', async () => {
    const { values } = problem();
    const [compiled] = await bothEngines();
    expect(flatSize(network)).toBe(4 * 1 * 2);
    const mask = (columns: number, value: number) => ({
      shape: [2, columns],
      dtype: 'float32' as const,
      data: new Float32Array(2 * columns).fill(value),
    });
    const latent = async (first: number, second: number) => {
      const inputs = { ...values, first: mask(8, first), second: mask(5, second) };
      return runIn(compiled, 'network', inputs, (t) => ({
        masked: encode(t, t as unknown as Dropout),
        plain: encode(t),
      }));
    };
    const kept = await latent(1, 1);
    expect(difference(kept.masked, kept.plain)).toBe(0);
    const dropped = await latent(0, 1);
    expect(difference(dropped.masked, dropped.plain)).toBeGreaterThan(1e-4);
    // Without its input the second LSTM gives every row the same.
    const { masked } = await latent(1, 0);
    expect([...masked.data.slice(0, 3)]).toEqual([...masked.data.slice(3)]);
  });
});
