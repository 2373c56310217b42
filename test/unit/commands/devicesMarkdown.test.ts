import { describe, expect, it } from 'vitest';
import { devicesMarkdown } from '../../../src/commands/devicesMarkdown';
import type { DeviceReport } from '../../../src/core/devices/report';

const choice = (engine: string) => ({ engine, reason: `The ${engine} was taken.` });
const report: DeviceReport = {
  cpu: { model: 'Some | CPU', processors: 8, memoryMiB: 16384 },
  adapters: [
    {
      name: 'RTX_1',
      vendor: 'NVIDIA',
      vendorId: 0x10de,
      deviceId: 1,
      discrete: true,
      memoryMiB: 6144,
      driver: 'NVIDIA 535',
    },
  ],
  onnxruntime: '1.30.0',
  measured: '2026-11-23T12:34:56.000Z',
  engines: [
    { engine: 'cpu', description: 'ONNX Runtime on the CPU', threads: 4, speeds: { narrow: 50, wide: 5 } },
    {
      engine: 'webgpu',
      description: 'ONNX Runtime on the GPU',
      speeds: { narrow: 30, wide: 40.04 },
      drivers: [
        { name: 'llvmpipe', software: true },
        { name: 'NVIDIA', vendorId: 0x10de },
      ],
      software: false,
    },
    { engine: 'cuda', speeds: {}, missing: 'Install <it> here.' },
    { engine: 'tensorflow', description: 'TensorFlow', speeds: {}, failure: 'signal SIGSEGV' },
  ],
  automatic: { narrow: choice('cpu'), wide: choice('webgpu') },
  warnings: ['TensorFlow ended its trial.'],
  cache: '/cache/engines.json',
};

describe('the document of compute devices', () => {
  it('says what there is, how fast it is, what is taken and what is missing', () => {
    expect(devicesMarkdown(report)).toMatchInlineSnapshot(`
      "# Compute Devices

      **\`auto\` takes** cpu for models of up to a quarter of the paper's widths, webgpu for wider ones. Narrow: The cpu was taken. Wide: The webgpu was taken.

      > ⚠ TensorFlow ended its trial.

      ## Engines

      | Engine | | Narrow | Wide | |
      | --- | --- | ---: | ---: | --- |
      | \`cpu\` | ← auto (narrow) | 50.0 | 5.00 | ONNX Runtime on the CPU; fastest with 4 threads |
      | \`webgpu\` | ← auto (wide) | 30.0 | 40.0 | ONNX Runtime on the GPU; driver: NVIDIA |
      | \`cuda\` |  | - | - | not available |
      | \`tensorflow\` |  | - | - | TensorFlow; its trial ended early: signal SIGSEGV |
      | \`reference\` |  | - | - | plain JavaScript on the CPU: very slow, meant for checking the others |

      Steps a second of one ConvLSTM layer, forward and backward, on 4 windows of 12 frames: "narrow" as with the default width (16 channels), "wide" as with half of the paper's (64 channels). Measured on 2026-11-23 12:34 UTC.

      ### What \`cuda\` lacks

      Install \\<it\\> here.

      Which engine runs use is the setting \`climateClustering.engine\`. Paths of your own installations are \`climateClustering.cuda.path\` and \`climateClustering.tensorflow.path\`.

      ## Hardware

      - CPU: Some \\| CPU, 8 processors, 16.0 GiB of memory
      - GPU: NVIDIA RTX\\_1, with memory of its own, 6.0 GiB, driver NVIDIA 535

      Remembered in \`/cache/engines.json\`.
      "
    `);
  });

  it('says when nothing but the CPU can be seen', () => {
    const text = devicesMarkdown({
      ...report,
      adapters: [],
      engines: [],
      automatic: { narrow: choice('reference'), wide: choice('reference') },
    });
    expect(text).toContain('No graphics processor was found.');
    expect(text).toContain('**`auto` takes** reference. The reference was taken.');
    expect(text).toContain('| `reference` | ← auto |');
  });
});
