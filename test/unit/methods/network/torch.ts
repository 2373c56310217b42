import { spawnSync } from 'node:child_process';
import type { TensorValue } from '../../../../src/core/engine/engine';

const python = '/usr/bin/python3';

/** Whether PyTorch is there to compare with. */
export const torch = spawnSync(python, ['-c', 'import torch']).status === 0;
export const unlessTorch = torch ? '' : ' (python3-torch is not installed)';

/**
 * What a Python script computes: it finds the tensors in the dictionary `x` (float64, differentiable) and puts its results into `y`.
 */
export function inTorch(script: string, tensors: Readonly<Record<string, TensorValue>>) {
  const wrapped = `
import json, sys, torch
import torch.nn.functional as F
torch.set_num_threads(1)
x = {k: torch.tensor(v['data'], dtype=torch.float64).reshape(v['shape']).requires_grad_() for k, v in json.load(sys.stdin).items()}
y = {}
${script}
json.dump({k: {'shape': list(v.shape), 'data': v.detach().flatten().tolist()} for k, v in y.items()}, sys.stdout)
`;
  const given = Object.entries(tensors).map(([name, { shape, data }]) => [
    name,
    { shape, data: Array.from(data) },
  ]);
  const input = JSON.stringify(Object.fromEntries(given));
  const { status, stdout, stderr } = spawnSync(python, ['-c', wrapped], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const results = JSON.parse(stdout) as Record<string, { shape: number[]; data: number[] }>;
  return Object.fromEntries(
    Object.entries(results).map(([name, { shape, data }]): [string, TensorValue] => [
      name,
      { shape, dtype: 'float32', data: Float32Array.from(data) },
    ]),
  );
}
