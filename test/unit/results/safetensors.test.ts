import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TensorValues } from '../../../src/core/engine/engine';
import {
  decodeSafetensors,
  encodeSafetensors,
  readSafetensors,
  writeSafetensors,
} from '../../../src/core/results/safetensors';
import { missingPython, python } from '../evaluation/python';
import { temporaryFolder } from './temporary';

const folder = temporaryFolder();

const tensors: TensorValues = {
  'encoder/weights': { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1.5, -2, 3e-9, 0, -0, 1e30) },
  mask: { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) },
  labels: { dtype: 'int32', shape: [2, 1], data: Int32Array.of(-7, 2147483647) },
  scalar: { dtype: 'float32', shape: [], data: Float32Array.of(0.25) },
  empty: { dtype: 'float32', shape: [0, 4], data: new Float32Array(0) },
};
const metadata = { epoch: '12', note: 'été "quoted"' };

/** A file from header text and values, as the format describes it. */
function fileOf(header: unknown, values: number[] | Uint8Array): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.from(values)]);
}

describe('safetensors', () => {
  it('reads a file written by hand', () => {
    const file = fileOf(
      '{"__metadata__":{"a":"b"},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"m":{"dtype":"BOOL","shape":[1],"data_offsets":[8,9]}}  ',
      [0, 0, 128, 63, 0, 0, 0, 192, 1],
    );
    expect(decodeSafetensors(file, 'hand.safetensors')).toEqual({
      metadata: { a: 'b' },
      tensors: {
        x: { dtype: 'float32', shape: [2], data: Float32Array.of(1, -2) },
        m: { dtype: 'bool', shape: [1], data: Uint8Array.of(1) },
      },
    });
  });

  it('writes bytes as the format says, values at a multiple of 64', () => {
    const bytes = Buffer.from(
      encodeSafetensors({
        tensors: { x: { dtype: 'float32', shape: [1], data: Float32Array.of(1) } },
        metadata: {},
      }),
    );
    const json = '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    expect(bytes.readBigUInt64LE(0)).toBe(120n - 64n);
    expect(bytes.toString('latin1', 8, 64)).toBe(json.padEnd(56));
    expect([...bytes.subarray(64)]).toEqual([0, 0, 128, 63]);
  });

  it('gives back what was written, through a file', async () => {
    const path = join(folder, 'model.safetensors');
    await writeSafetensors(path, { tensors, metadata });
    expect(await readSafetensors(path)).toEqual({ tensors, metadata });
  });

  const one = (offsets: number[], shape = [2], dtype = 'F32') => ({ dtype, shape, data_offsets: offsets });
  it.each<[string, Uint8Array, string]>([
    ['shorter than its length field', Uint8Array.of(1, 2, 3), 'only 3 bytes'],
    ['cut off in the header', fileOf({ x: one([0, 8]) }, []).subarray(0, 20), 'its header would have'],
    [
      'a header of absurd length',
      Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 1),
      'its header would have',
    ],
    ['a header that is not JSON', fileOf('{"x":', []), 'not JSON'],
    ['a header that is an array', fileOf('[]', []), 'not an object'],
    [
      'a tensor without offsets',
      fileOf({ x: { dtype: 'F32', shape: [1] } }, []),
      'malformed at x.data_offsets',
    ],
    ['negative sizes', fileOf({ x: one([0, 8], [-2]) }, new Uint8Array(8)), 'malformed at x.shape'],
    ['cut off values', fileOf({ x: one([0, 8]) }, [1, 2, 3]), '"x" are cut off'],
    [
      'a shape that does not fit',
      fileOf({ x: one([0, 8], [3]) }, new Uint8Array(8)),
      'do not fit its shape [3]',
    ],
    ['overlaps', fileOf({ x: one([0, 8]), y: one([4, 12]) }, new Uint8Array(12)), 'overlap'],
    [
      'holes',
      fileOf({ x: one([0, 8]), y: one([12, 20]) }, new Uint8Array(20)),
      'a hole before the values of "y"',
    ],
    ['bytes to spare', fileOf({ x: one([0, 8]) }, new Uint8Array(9)), '1 bytes at its end'],
    ['metadata that are not strings', fileOf({ __metadata__: { a: 1 } }, []), 'metadata'],
    ['other element types', fileOf({ x: one([0, 4], [2], 'F16') }, new Uint8Array(4)), 'element type F16'],
  ])('refuses %s', (_, file, message) => {
    expect(() => decodeSafetensors(file, 'model.safetensors')).toThrow(message);
    expect(() => decodeSafetensors(file, 'model.safetensors')).toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringContaining('model.safetensors') }),
    );
  });

  it('refuses files that are not there', async () => {
    await expect(readSafetensors(join(folder, 'none'))).rejects.toThrow('does not exist');
  });

  it('refuses to write a tensor whose values do not fill its shape', () => {
    const x = { dtype: 'float32', shape: [3], data: new Float32Array(2) } as const;
    expect(() => encodeSafetensors({ tensors: { x }, metadata: {} })).toThrow('cannot have 2 values');
  });
});

const noNumpy = missingPython('numpy');
describe.skipIf(noNumpy)(`safetensors read by NumPy${noNumpy ? ` (skipped: ${noNumpy})` : ''}`, () => {
  it('holds the same values', () => {
    const path = join(folder, 'numpy.safetensors');
    writeFileSync(path, encodeSafetensors({ tensors, metadata }));
    expect(
      python(
        `b = open(path, 'rb').read()
n = int.from_bytes(b[:8], 'little')
h = json.loads(b[8:8 + n])
result = dict(metadata=h.pop('__metadata__'), aligned=(8 + n) % 64, tensors={})
for name, t in h.items():
    i, j = t['data_offsets']
    a = np.frombuffer(b[8 + n + i:8 + n + j], dict(F32='<f4', I32='<i4', BOOL='?')[t['dtype']]).reshape(t['shape'])
    result['tensors'][name] = a.astype(float).tolist()`,
        {},
        { path },
      ),
    ).toEqual({
      metadata,
      aligned: 0,
      tensors: {
        'encoder/weights': [
          [1.5, -2, Math.fround(3e-9)],
          [0, -0, Math.fround(1e30)],
        ],
        mask: [1, 0, 1],
        labels: [[-7], [2147483647]],
        scalar: 0.25,
        empty: [],
      },
    });
  });
});
