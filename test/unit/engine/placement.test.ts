import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { placementIn, placementOf } from '../../../src/core/engine/placement';

const node = (provider: string, op_name: string, node_index: string) => ({
  cat: 'Node',
  args: { provider, op_name, node_index },
});

describe('placement of a step', () => {
  it('counts each node once, and what the CPU has of them', () => {
    const placement = placementIn([
      { cat: 'Session' },
      { cat: 'Node', args: {} },
      node('WebGpuExecutionProvider', 'Add', '0'),
      node('WebGpuExecutionProvider', 'Add', '0'),
      node('WebGpuExecutionProvider', 'Add', '3'),
      node('WebGpuExecutionProvider', 'MemcpyToHost', '7'),
      node('CPUExecutionProvider', 'Or', '4'),
    ]);
    expect(placement).toEqual({
      nodes: { WebGpuExecutionProvider: 3, CPUExecutionProvider: 1 },
      onCpu: { Or: 1 },
      copies: 1,
    });
  });

  it('is read from ONNX Runtime’s profile', async () => {
    const x = { shape: [2], dtype: 'float32' as const, data: Float32Array.of(1, 2) };
    const step = {
      name: 'sine and scale',
      inputs: { y: { shape: [2], dtype: 'float32' as const } },
      compute: (state: Record<string, tf.Tensor>, { y }: Record<string, tf.Tensor>) => ({
        outputs: { sum: tf.mul(tf.sin(y), state['x']) },
      }),
    };
    const placement = await placementOf(step, { x }, { device: 'cpu' });
    expect(placement).toEqual({ nodes: { CPUExecutionProvider: 2 }, onCpu: { Sin: 1, Mul: 1 }, copies: 0 });
  });
});
