import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { FileBytes } from '../../../src/core/data/fileBytes';
import { ChunkReader, type ChunkedValues } from '../../../src/core/data/hdf5Chunks';
import { fletcher32Of } from '../../../src/core/data/hdf5Filters';
import { unshuffle } from '../../../src/core/data/unshuffle';
import { Random } from '../../../src/core/random';

/** `chunks` chunks of 64 x 512 values of two bytes along the first dimension, and a file that counts how it is read. */
function chunked(chunks: number) {
  const random = new Random(1);
  const values = Uint16Array.from({ length: chunks * 64 * 512 }, () => random.integer(65536));
  const stored = Array.from({ length: chunks }, (_, c) =>
    deflateSync(new Uint8Array(values.buffer, c * 65536, 65536)),
  );
  const offsets = Float64Array.from({ length: chunks }, (_, c) => 1000 + c);
  const counts = { now: 0, most: 0, reads: 0 };
  const file = {
    async readInto(target: Uint8Array, offset: number) {
      counts.reads++;
      counts.most = Math.max(counts.most, ++counts.now);
      await new Promise((resolve) => setImmediate(resolve));
      target.set(stored[offset - 1000]);
      counts.now--;
    },
  } as unknown as FileBytes;
  const described: ChunkedValues = {
    index: {
      grid: [chunks, 1],
      offsets,
      sizes: Uint32Array.from(stored, ({ length }) => length),
      skipped: new Map(),
    },
    chunk: [64, 512],
    size: 2,
    filters: [{ id: 1, cd_values: [4] }],
    fill: () => new Uint8Array(2),
  };
  return { values, stored, file, described, counts };
}

describe('ChunkReader', () => {
  it('works on four chunks at the same time, and never on more', async () => {
    const { values, file, described, counts } = chunked(24);
    const read = await new ChunkReader(file).read('x', described, [0, 0], [24 * 64, 512]);
    expect(Buffer.compare(read, new Uint8Array(values.buffer))).toBe(0);
    expect(counts).toEqual({ now: 0, most: 4, reads: 24 });
  });

  it('keeps chunks of which only a part was wanted, within a limit', async () => {
    const { file, described, counts } = chunked(3);
    const reader = new ChunkReader(file);
    for (let row = 0; row < 192; row++) await reader.read('x', described, [row, 0], [1, 512]);
    expect(counts.reads).toBe(3);
    // 600 chunks of 64 KiB are more than the limit: the first ones are gone again.
    const many = chunked(600);
    const second = new ChunkReader(many.file);
    for (let chunk = 0; chunk < 600; chunk++) await second.read('x', many.described, [64 * chunk, 0], [1, 9]);
    await second.read('x', many.described, [64 * 599, 0], [1, 9]);
    expect(many.counts.reads).toBe(600);
    await second.read('x', many.described, [0, 0], [1, 9]);
    expect(many.counts.reads).toBe(601);
  });

  it('waits for all work in progress before it gives up on a damaged chunk', async () => {
    const { stored, file, described, counts } = chunked(24);
    stored[5].fill(0x5a, 100, 200);
    await expect(new ChunkReader(file).read('x', described, [0, 0], [24 * 64, 512])).rejects.toThrow();
    expect(counts.now).toBe(0);
    expect(counts.reads).toBeLessThan(24);
  });
});

describe('unshuffle', () => {
  it.each([1, 2, 3, 4, 8, 16])('puts values of %i bytes together, at any length and offset', (size) => {
    for (let n = 0; n < 40; n++) {
      for (const rest of [0, 1]) {
        for (const shift of [0, 1]) {
          const length = n * size + (size > 1 ? rest : 0);
          const bytes = new Uint8Array(length + shift).subarray(shift);
          const expected = new Uint8Array(length).map((_, i) => (37 * i) % 251);
          for (let i = 0; i < n; i++)
            for (let b = 0; b < size; b++) bytes[b * n + i] = expected[i * size + b];
          bytes.set(expected.subarray(n * size), n * size);
          expect([...unshuffle(bytes, size)]).toEqual([...expected]);
        }
      }
    }
  });
});

describe('fletcher32Of', () => {
  it('gives published sums, with the bytes of a word the other way round', () => {
    // "abcde" and "abcdef": F04FC729 and 56502D2A, of words with the low byte first.
    const swapped = (text: string) => {
      const bytes = Buffer.from(text.length % 2 ? `${text}\0` : text, 'latin1');
      return bytes.swap16();
    };
    expect(fletcher32Of(swapped('abcde'))).toBe(0xf04fc729);
    expect(fletcher32Of(swapped('abcdef'))).toBe(0x56502d2a);
  });
});
