import { promisify } from 'node:util';
import { inflate, inflateSync } from 'node:zlib';
import { unshuffle } from './unshuffle';

/** A step of a dataset's filter pipeline, in the order in which they were applied when the data were written. */
export interface Hdf5Filter {
  readonly id: number;
  readonly cd_values: readonly number[];
}

const [deflate, shuffle, fletcher32] = [1, 2, 3];
const inflateLater = promisify(inflate);

/** Shorter chunks are inflated at once: handing them to another thread takes longer. */
const smallChunk = 16384;

/** Whether {@link undoFilters} knows all of them. */
export function areKnownFilters(filters: readonly Hdf5Filter[]): boolean {
  return filters.every(
    ({ id, cd_values }) => id === deflate || id === fletcher32 || (id === shuffle && cd_values[0] > 0),
  );
}

/**
 * Undoes the filters of a chunk, except those whose bit is set in `skipped`. Deflated data are inflated in Node's pool of
 * threads, so that several chunks are inflated at the same time. `length`: the bytes of a whole chunk. Throws when the
 * data are damaged.
 */
export async function undoFilters(
  stored: Uint8Array,
  filters: readonly Hdf5Filter[],
  skipped: number,
  length: number,
): Promise<Uint8Array> {
  let bytes = stored;
  for (let i = filters.length - 1; i >= 0; i--) {
    if ((skipped >>> i) & 1) continue;
    const { id, cd_values } = filters[i];
    if (id === deflate) {
      // Some room to spare: zlib learns that the data are at their end without a second piece of output.
      const options = { chunkSize: Math.max(64, length + 64), maxOutputLength: length + 64 };
      bytes = await (length < smallChunk ? inflateSync(bytes, options) : inflateLater(bytes, options));
    } else if (id === shuffle) {
      bytes = unshuffle(bytes, cd_values[0]);
    } else {
      bytes = checked(bytes);
    }
  }
  if (bytes.length !== length) throw new Error(`A chunk of ${bytes.length} bytes instead of ${length}.`);
  return bytes;
}

/** The data without their checksum; throws when it is wrong. */
function checked(bytes: Uint8Array): Uint8Array {
  const data = bytes.subarray(0, Math.max(0, bytes.length - 4));
  const stored = bytes.subarray(data.length).reduceRight((sum, byte) => sum * 256 + byte, 0);
  if (bytes.length < 4 || stored !== fletcher32Of(data)) throw new Error('A chunk has a wrong checksum.');
  return data;
}

/** Fletcher's checksum of words of 16 bits, high byte first, as HDF5 computes it. */
export function fletcher32Of(data: Uint8Array): number {
  let [sum1, sum2] = [0, 0];
  const even = data.length & ~1;
  for (let at = 0; at < even;) {
    // As many words as sums of 32 bits can take.
    const end = Math.min(even, at + 720);
    for (; at < end; at += 2) {
      sum1 += (data[at] << 8) | data[at + 1];
      sum2 += sum1;
    }
    sum1 = (sum1 & 0xffff) + (sum1 >>> 16);
    sum2 = (sum2 & 0xffff) + (sum2 >>> 16);
  }
  if (even < data.length) {
    sum1 += data[even] << 8;
    sum2 += sum1;
    sum1 = (sum1 & 0xffff) + (sum1 >>> 16);
    sum2 = (sum2 & 0xffff) + (sum2 >>> 16);
  }
  sum1 = (sum1 & 0xffff) + (sum1 >>> 16);
  sum2 = (sum2 & 0xffff) + (sum2 >>> 16);
  return sum2 * 65536 + sum1;
}
