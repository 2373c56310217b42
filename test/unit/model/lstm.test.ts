import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { addLstm, bidirectionalLstm, lstm } from '../../../src/core/model/lstm';
import { ParameterBuilder } from '../../../src/core/model/parameters';
import { Random } from '../../../src/core/random';
import { randomValue } from '../engine/support';
import { expectGradients, expectValues, withGradients } from '../methods/network/layers';
import { inTorch, torch, unlessTorch } from '../methods/network/torch';

const names = ['x', 'layer.inputWeight', 'layer.recurrentWeight', 'layer.bias'];

function problem(seed: number, steps: number, batch: number, inputs: number, features: number) {
  const random = new Random(seed);
  return {
    x: randomValue(random, [steps, batch, inputs]),
    'layer.inputWeight': randomValue(random, [2, inputs, 4 * features]),
    'layer.recurrentWeight': randomValue(random, [2, features, 4 * features]),
    'layer.bias': randomValue(random, [2, 4 * features]),
    weights: randomValue(random, [steps, batch, features]),
  };
}

const both = (t: Record<string, tf.Tensor>) => bidirectionalLstm(t, 'layer', t.x as tf.Tensor3D);

/** PyTorch's gates lie in the same order; its weights are transposed, and it has two biases. */
const script = `
steps, batch, inputs = x['x'].shape
features = x['weights'].shape[2]
net = torch.nn.LSTM(inputs, features, bidirectional=True).double()
for k, suffix in enumerate(['', '_reverse']):
    setattr(net, 'weight_ih_l0' + suffix, torch.nn.Parameter(x['layer.inputWeight'][k].T.contiguous()))
    setattr(net, 'weight_hh_l0' + suffix, torch.nn.Parameter(x['layer.recurrentWeight'][k].T.contiguous()))
    setattr(net, 'bias_ih_l0' + suffix, torch.nn.Parameter(x['layer.bias'][k]))
    setattr(net, 'bias_hh_l0' + suffix, torch.nn.Parameter(torch.zeros(4 * features, dtype=torch.float64)))
h, _ = net(x['x'])
h = h[..., :features] + h[..., features:]
(h * x['weights'].detach()).sum().backward()
y['y'] = h
y['d x'] = x['x'].grad
pair = lambda name: torch.stack([getattr(net, name + suffix).grad for suffix in ['', '_reverse']])
y['d layer.inputWeight'] = pair('weight_ih_l0').transpose(1, 2)
y['d layer.recurrentWeight'] = pair('weight_hh_l0').transpose(1, 2)
y['d layer.bias'] = pair('bias_ih_l0')
`;

describe.skipIf(!torch)(`bidirectionalLstm against PyTorch${unlessTorch}`, () => {
  for (const [steps, batch, inputs, features] of [
    [5, 3, 4, 2],
    [1, 2, 3, 3],
    [7, 1, 1, 1],
  ]) {
    it(`forward and gradients: T=${steps} B=${batch} ${inputs}->${features}`, async () => {
      const values = problem(steps, steps, batch, inputs, features);
      await expectValues(values, withGradients(both, names), inTorch(script, values));
    });
  }
});

describe('lstm', () => {
  it('has gradients that agree with finite differences', () =>
    expectGradients(problem(9, 4, 2, 3, 2), both, names));

  it('refuses rows that are no steps of equal batches', () => {
    const x = { shape: [1, 5, 2] } as unknown as tf.Tensor3D;
    const parameters = {} as Parameters<typeof lstm>[2];
    expect(() => lstm(x, 2, parameters)).toThrow('5 rows are not 2 steps');
  });
});

describe('addLstm', () => {
  it('draws orthonormal recurrent weights and opens the forget gate', () => {
    const builder = new ParameterBuilder(new Random(3));
    addLstm(builder, 'l', { inputs: 3, features: 4, sequences: 2 });
    const { shape, data } = builder.values['l.recurrentWeight'];
    expect(shape).toEqual([2, 4, 16]);
    for (let s = 0; s < 2; s++) {
      for (let i = 0; i < 4; i++) {
        for (let j = 0; j < 4; j++) {
          let product = 0;
          for (let k = 0; k < 16; k++) product += data[(s * 4 + i) * 16 + k] * data[(s * 4 + j) * 16 + k];
          expect(product).toBeCloseTo(i === j ? 1 : 0, 5);
        }
      }
    }
    const open = Array.from({ length: 16 }, (_, i) => (i >= 4 && i < 8 ? 1 : 0));
    expect([...builder.values['l.bias'].data]).toEqual([...open, ...open]);
  });
});
