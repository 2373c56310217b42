import { endianness } from 'node:os';
import type { NumericArray, VariableType } from './dataset';

/** A view of `bytes` (which must begin at a multiple of the type's size) as values of `type`; char becomes Uint8Array. */
export function typedArray(type: VariableType, bytes: Uint8Array): NumericArray {
  const { buffer, byteOffset, byteLength } = bytes;
  switch (type) {
    case 'int8':
      return new Int8Array(buffer, byteOffset, byteLength);
    case 'int16':
      return new Int16Array(buffer, byteOffset, byteLength / 2);
    case 'uint16':
      return new Uint16Array(buffer, byteOffset, byteLength / 2);
    case 'int32':
      return new Int32Array(buffer, byteOffset, byteLength / 4);
    case 'uint32':
      return new Uint32Array(buffer, byteOffset, byteLength / 4);
    case 'int64':
      return new BigInt64Array(buffer, byteOffset, byteLength / 8);
    case 'uint64':
      return new BigUint64Array(buffer, byteOffset, byteLength / 8);
    case 'float32':
      return new Float32Array(buffer, byteOffset, byteLength / 4);
    case 'float64':
      return new Float64Array(buffer, byteOffset, byteLength / 8);
    default:
      return bytes;
  }
}

/** `length` bytes of `memory`, if it has as many, or else new ones, which hold anything. */
export function bytesIn(memory: ArrayBuffer | undefined, length: number): Uint8Array {
  if (memory && memory.byteLength >= length) return new Uint8Array(memory, 0, length);
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
}

/** Turns big-endian values of `size` bytes into the machine's byte order, in place. */
export function swapBytes(bytes: Uint8Array, size: number): void {
  if (endianness() === 'BE') return;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 2) buffer.swap16();
  else if (size === 4) buffer.swap32();
  else if (size === 8) buffer.swap64();
}
