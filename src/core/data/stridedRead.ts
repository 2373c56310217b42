import type { FileBytes } from './fileBytes';
import { bytesIn } from './typedArrays';

/** A box in an array that lies in a file in row-major order, its slowest dimension possibly interleaved with others. */
export interface Box {
  /** Byte of the element at index 0 of every dimension. */
  readonly begin: number;
  /** Bytes from one index to the next, along each dimension. */
  readonly strides: readonly number[];
  /** Bytes of one element. */
  readonly size: number;
  readonly start: readonly number[];
  readonly count: readonly number[];
}

/**
 * Values with gaps between them are read in spans of at most this much, at once (waiting for another thread would take
 * longer), and picked from there.
 */
const spanLimit = 1 << 20;
const spanBytes = Buffer.allocUnsafeSlow(spanLimit);
/** Gaps are read over when at most this share of a read is wasted, or when they are shorter than a page or so. */
const wasteLimit = 8;
const smallGap = 16384;
/** Others get their turn after so many bytes, or reads, at once. */
const turnBytes = 8 << 20;
const turnReads = 256;
/** Runs of at least this length are read one by one. */
const directRead = 65536;
/** Up to this length a loop copies faster than a call. */
const shortRun = 32;

/**
 * The bytes of a box, in row-major order, in `memory` if they fit. Few large reads where the values lie close together,
 * many small ones where not.
 */
export async function readBox(file: FileBytes, box: Box, memory?: ArrayBuffer): Promise<Uint8Array> {
  const { strides, size, start, count } = box;
  const total = count.reduce((product, length) => product * length, size);
  if (total === 0) return new Uint8Array(0);
  // Every byte is written below, or an error thrown.
  const target = bytesIn(memory, total);

  // From dimension `inner` on the box is one run of bytes.
  let inner = count.length;
  let run = size;
  while (inner > 0 && strides[inner - 1] === run) {
    inner--;
    run *= count[inner];
  }
  const span: number[] = [];
  span[inner] = run;
  for (let d = inner - 1; d >= 0; d--) span[d] = (count[d] - 1) * strides[d] + span[d + 1];

  let written = 0;
  const gather = (source: Uint8Array, offset: number, d: number): void => {
    if (d === inner) {
      if (run <= shortRun) for (let i = 0; i < run; i++) target[written + i] = source[offset + i];
      else target.set(source.subarray(offset, offset + run), written);
      written += run;
      return;
    }
    for (let i = 0; i < count[d]; i++) gather(source, offset + i * strides[d], d + 1);
  };
  let [reads, bytes] = [0, 0];
  const giveTurn = async (length: number): Promise<void> => {
    bytes += length;
    if (++reads < turnReads && bytes < turnBytes) return;
    [reads, bytes] = [0, 0];
    await new Promise((resolve) => setImmediate(resolve));
  };
  const load = async (offset: number, d: number): Promise<void> => {
    if (d === inner) {
      const part = target.subarray(written, written + run);
      written += run;
      if (run > spanLimit) return file.readInto(part, offset);
      file.readIntoSync(part, offset);
      return giveTurn(run);
    }
    const gap = strides[d] - span[d + 1];
    // Long runs are read to where they belong, without what lies between them.
    const longRun = d + 1 === inner && run >= directRead && gap > 0;
    const worthwhile = !longRun && (gap <= smallGap || strides[d] <= wasteLimit * span[d + 1]);
    const batch = worthwhile ? Math.max(1, Math.floor(spanLimit / strides[d])) : 1;
    for (let i = 0; i < count[d]; i += batch) {
      const n = Math.min(batch, count[d] - i);
      const from = offset + i * strides[d];
      if (n === 1) {
        await load(from, d + 1);
        continue;
      }
      const source = spanBytes.subarray(0, (n - 1) * strides[d] + span[d + 1]);
      file.readIntoSync(source, from);
      for (let k = 0; k < n; k++) gather(source, k * strides[d], d + 1);
      await giveTurn(source.length);
    }
  };
  await load(box.begin + start.reduce((sum, index, d) => sum + index * strides[d], 0), 0);
  return target;
}
