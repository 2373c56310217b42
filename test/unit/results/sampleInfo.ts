/** What run.json says of a run that trains, for tests that need no more of it. */
import type { RunConfig } from '../../../src/core/config';
import { defaultHyperParameters } from '../../../src/core/config';
import { runInfoSchema, type RunInfo } from '../../../src/core/results/runJson';

export const sampleConfig: RunConfig = {
  files: ['/data/été & <b>.nc'],
  select: {},
  method: 'adatsc',
  engine: 'auto',
  seed: 42,
  memoryLimit: 4096,
  hyperParameters: { ...defaultHyperParameters(), clusters: 4 },
};

export const sampleInfo: RunInfo = runInfoSchema.parse({
  format: 1,
  id: '2026-03-04T05-06-07-abcd',
  state: 'running',
  started: '2026-03-04T05:06:07.000Z',
  config: sampleConfig,
  engine: 'ONNX Runtime 1.30.0 on the CPU, 2 threads',
  versions: { extension: '0.1.0', node: '20.20.0', onnxruntime: '1.30.0', tfjs: '4.22.0' },
  machine: { platform: 'linux 6.1', architecture: 'x64', cpu: 'A CPU', cores: 2, memoryMiB: 8000 },
  inputs: [
    {
      path: '/data/été & <b>.nc',
      bytes: 12345,
      modified: '2026-01-01T00:00:00.000Z',
      sha256: 'ab'.repeat(32),
    },
  ],
  timings: { reading: 1.5, 'warm-up': 20 },
  clusters: 4,
} satisfies RunInfo);
