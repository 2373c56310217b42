/**
 * Puts the bytes of each value together again: HDF5's shuffle filter stores all first bytes, all second bytes and so on
 * (it compresses better). Values of 2, 4 and 8 bytes are put together four at a time, from words of four bytes of each
 * kind, which is four times as fast as byte by byte. `bytes` may be returned as it is.
 */
export function unshuffle(bytes: Uint8Array, size: number): Uint8Array {
  const n = Math.floor(bytes.length / size);
  if (size === 1 || n <= 1) return bytes;
  const result = new Uint8Array(Buffer.allocUnsafeSlow(bytes.length).buffer);
  const quads = size === 2 || size === 4 || size === 8 ? n >> 2 : 0;
  if (size === 2) {
    unshuffle2(quadsOf(bytes, 0, n), quadsOf(bytes, 1, n), new Int32Array(result.buffer, 0, 2 * quads));
  } else if (quads > 0) {
    const words = new Int32Array(result.buffer, 0, quads * size);
    for (let byte = 0; byte < size; byte += 4) {
      const [a, b, c, d] = [0, 1, 2, 3].map((k) => quadsOf(bytes, byte + k, n));
      unshuffle4(a, b, c, d, words, byte / 4, size / 4);
    }
  }
  for (let byte = 0; byte < size; byte++) {
    for (let i = 4 * quads; i < n; i++) result[i * size + byte] = bytes[byte * n + i];
  }
  // What does not fill a value was left as it was.
  result.set(bytes.subarray(n * size), n * size);
  return result;
}

/** The bytes of one kind as words of four, copied if they do not lie at a multiple of four. */
function quadsOf(bytes: Uint8Array, kind: number, n: number): Int32Array {
  const own = bytes.subarray(kind * n, kind * n + (n & ~3));
  const { buffer, byteOffset, length } = own.byteOffset % 4 === 0 ? own : Uint8Array.from(own);
  return new Int32Array(buffer, byteOffset, length / 4);
}

function unshuffle2(low: Int32Array, high: Int32Array, result: Int32Array): void {
  for (let i = 0, to = 0; i < low.length; i++, to += 2) {
    const [a, b] = [low[i], high[i]];
    result[to] = (a & 0xff) | ((b & 0xff) << 8) | ((a & 0xff00) << 8) | ((b & 0xff00) << 16);
    result[to + 1] = ((a >>> 16) & 0xff) | ((b >>> 8) & 0xff00) | ((a >>> 8) & 0xff0000) | (b & 0xff000000);
  }
}

/** Word number `word` of each value, which has `words` words of four bytes. */
function unshuffle4(
  first: Int32Array,
  second: Int32Array,
  third: Int32Array,
  fourth: Int32Array,
  result: Int32Array,
  word: number,
  words: number,
): void {
  for (let i = 0, to = word; i < first.length; i++, to += 4 * words) {
    const a = first[i];
    const b = second[i];
    const c = third[i];
    const d = fourth[i];
    result[to] = (a & 0xff) | ((b & 0xff) << 8) | ((c & 0xff) << 16) | (d << 24);
    result[to + words] = ((a >>> 8) & 0xff) | (b & 0xff00) | ((c & 0xff00) << 8) | ((d & 0xff00) << 16);
    result[to + 2 * words] =
      ((a >>> 16) & 0xff) | ((b >>> 8) & 0xff00) | (c & 0xff0000) | ((d & 0xff0000) << 8);
    result[to + 3 * words] = (a >>> 24) | ((b >>> 16) & 0xff00) | ((c >>> 8) & 0xff0000) | (d & 0xff000000);
  }
}
