import type { FileBytes } from './fileBytes';

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

/** One read spans at most this much, unless a single row of contiguous values is longer. */
const spanLimit = 4 << 20;
/** Gaps are read over when at most this share of a read is wasted, or when they are shorter than a page or so. */
const wasteLimit = 8;
const smallGap = 16384;
/** Reads up to this length are made at once: waiting for another thread would take ten times as long. */
const shortRead = 4096;
/** Up to this length a loop copies faster than a call. */
const shortRun = 32;

/** The bytes of a box, in row-major order. Few large reads where the values lie close together, many small ones where not. */
export async function readBox(file: FileBytes, box: Box): Promise<Uint8Array> {
  const { strides, size, start, count } = box;
  const total = count.reduce((product, length) => product * length, size);
  if (total === 0) return new Uint8Array(0);
  // Every byte is written below, or an error thrown.
  const target = new Uint8Array(Buffer.allocUnsafeSlow(total).buffer);

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
  let reads = 0;
  const load = async (offset: number, d: number): Promise<void> => {
    if (d === inner) {
      if (run <= shortRead) {
        file.readIntoSync(target.subarray(written, written + run), offset);
        written += run;
        // Others get their turn now and then.
        if (++reads % 256 === 0) await new Promise((resolve) => setImmediate(resolve));
        return;
      }
      await file.readInto(target.subarray(written, written + run), offset);
      written += run;
      return;
    }
    const gap = strides[d] - span[d + 1];
    const worthwhile = gap <= smallGap || strides[d] <= wasteLimit * span[d + 1];
    const batch = worthwhile ? Math.max(1, Math.floor(spanLimit / strides[d])) : 1;
    for (let i = 0; i < count[d]; i += batch) {
      const n = Math.min(batch, count[d] - i);
      const from = offset + i * strides[d];
      if (n === 1) {
        await load(from, d + 1);
        continue;
      }
      const source = await file.read(from, (n - 1) * strides[d] + span[d + 1]);
      for (let k = 0; k < n; k++) gather(source, k * strides[d], d + 1);
    }
  };
  await load(box.begin + start.reduce((sum, index, d) => sum + index * strides[d], 0), 0);
  return target;
}
