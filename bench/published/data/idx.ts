/** An array of bytes of an IDX file (http://yann.lecun.com/exdb/mnist), row-major. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

const BYTES = 0x08;

/** Reads an IDX file of unsigned bytes. Throws where it is something else or ends early. */
export function readIdx(file: Uint8Array): IdxArray {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.getUint16(0) !== 0 || file[2] !== BYTES) throw new Error('This is no IDX file of bytes.');
  const rank = file[3];
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const start = 4 + 4 * rank;
  const size = shape.reduce((a, b) => a * b, 1);
  if (file.length < start + size) throw new Error(`The IDX file of ${shape.join(' x ')} bytes ends early.`);
  return { shape, values: file.subarray(start, start + size) };
}
