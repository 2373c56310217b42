import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  addTemporalAutoencoder,
  decodeSeries,
  encodeSeries,
  seriesDistances,
  type TemporalAutoencoder,
} from '../../../../src/core/methods/network/temporalAutoencoder';
import { ParameterBuilder } from '../../../../src/core/model/parameters';
import { Random } from '../../../../src/core/random';
import { bothEngines, randomValue, runIn } from '../../engine/support';
import { expectGradients, expectValues, withGradients } from './layers';
import { inTorch, torch, unlessTorch } from './torch';

type Tensors = Record<string, tf.Tensor>;

const network: TemporalAutoencoder = { length: 12, filters: 3, kernel: 4, pool: 3, units: [4, 2] };
const reconstruct = (t: Tensors) =>
  decodeSeries(t, network, encodeSeries(t, network, t.series as tf.Tensor2D));

function problem() {
  const builder = new ParameterBuilder(new Random(2));
  addTemporalAutoencoder(builder, network);
  const random = new Random(3);
  return {
    parameters: builder.values,
    values: {
      ...builder.values,
      'encoder.convolution.bias': randomValue(random, [3]),
      series: randomValue(random, [2, 12]),
      weights: randomValue(random, [2, 12]),
    },
  };
}

describe('the temporal autoencoder', () => {
  it('reconstructs series with gradients for all of its parameters', async () => {
    const { parameters, values } = problem();
    await expectGradients(values, reconstruct, Object.keys(parameters), 1e-3);
  });

  it('gives a latent row for each window, whatever the batch', async () => {
    const { values } = problem();
    const [compiled] = await bothEngines();
    const encode = (t: Tensors) => ({ z: encodeSeries(t, network, t.series as tf.Tensor2D) });
    const { z } = await runIn(compiled, 'encode', values, encode);
    expect(z.shape).toEqual([2, 4, 2]);
    const second = { shape: [1, 12], dtype: 'float32' as const, data: values.series.data.slice(12) };
    const alone = await runIn(compiled, 'encode', { ...values, series: second }, encode);
    alone.z.data.forEach((v, i) => expect(v).toBeCloseTo(z.data[8 + i], 6));
  });
});

describe.skipIf(!torch)(`the temporal encoder against PyTorch${unlessTorch}`, () => {
  it('pools after bias and rectifier as well as before', async () => {
    const { values } = problem();
    const expected = inTorch(
      `
h = F.conv1d(F.pad(x['series'][:, None], (1, 2)), x['encoder.convolution.weight'][:, None], x['encoder.convolution.bias'])
h = F.max_pool1d(F.leaky_relu(h, 0.3), 3).permute(2, 0, 1)
for name, units in [('encoder.lstm1', 4), ('encoder.lstm2', 2)]:
    net = torch.nn.LSTM(h.shape[2], units, bidirectional=True).double()
    for k, suffix in enumerate(['', '_reverse']):
        setattr(net, 'weight_ih_l0' + suffix, torch.nn.Parameter(x[name + '.inputWeight'][k].T.contiguous()))
        setattr(net, 'weight_hh_l0' + suffix, torch.nn.Parameter(x[name + '.recurrentWeight'][k].T.contiguous()))
        setattr(net, 'bias_ih_l0' + suffix, torch.nn.Parameter(x[name + '.bias'][k]))
        setattr(net, 'bias_hh_l0' + suffix, torch.nn.Parameter(torch.zeros(4 * units, dtype=torch.float64)))
    h, _ = net(h)
    h = F.leaky_relu(h[..., :units] + h[..., units:], 0.3)
y['z'] = h.permute(1, 0, 2)
`,
      values,
    );
    const encode = (t: Tensors) => ({ z: encodeSeries(t, network, t.series as tf.Tensor2D) });
    await expectValues(values, encode, expected);
  });
});

describe('seriesDistances', () => {
  const value = (shape: number[], data: number[]) => ({
    shape,
    dtype: 'float32' as const,
    data: Float32Array.from(data),
  });

  it('sums the Euclidean lengths over time of all features', async () => {
    // Two steps of two features: differences (3, 0), (4, 2) in time order, so 5 for the first feature and 2 for the other.
    const latent = value([1, 2, 2], [3, 1, 4, 3]);
    const centres = value([2, 2, 2], [0, 1, 0, 1, 3, 1, 4, 3]);
    const [compiled] = await bothEngines();
    const { d } = await runIn(compiled, 'distances', { latent, centres }, (t) => ({
      d: seriesDistances(t.latent as tf.Tensor3D, t.centres as tf.Tensor3D),
    }));
    expect(d.data[0]).toBeCloseTo(7, 5);
    expect(d.data[1]).toBeCloseTo(0, 5);
  });

  it('has gradients, also where a series is its centre', async () => {
    const random = new Random(6);
    const latent = randomValue(random, [2, 3, 2]);
    const centres = randomValue(random, [2, 3, 2]);
    const weights = value([2, 2], [1, 2, -1, 1]);
    const distances = (t: Tensors) => seriesDistances(t.latent as tf.Tensor3D, t.centres as tf.Tensor3D);
    await expectGradients({ latent, centres, weights }, distances, ['latent', 'centres'], 1e-3);
    const [compiled] = await bothEngines();
    const at = { latent, centres: latent, weights };
    const result = await runIn(compiled, 'at', at, withGradients(distances, ['latent']));
    expect(result['d latent'].data.every(Number.isFinite)).toBe(true);
  });
});
