/**
 * The safetensors format (huggingface/safetensors, "Format"): eight bytes with the length N of the header (unsigned,
 * little-endian), N bytes of JSON, then the tensors' values, little-endian and row-major, without holes.
 */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { ElementType, TensorData, TensorValue, TensorValues } from '../engine/engine';
import { UserError } from '../errors';
import { explainFileError, writeAtomically } from './atomicWrite';

export interface SafetensorsContent {
  readonly tensors: TensorValues;
  /** Strings by name, stored in the header. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Names of the element types that we write; the reader refuses others by name. */
const elementTypes: Readonly<Record<ElementType, { name: string; bytes: number }>> = {
  float32: { name: 'F32', bytes: 4 },
  int32: { name: 'I32', bytes: 4 },
  bool: { name: 'BOOL', bytes: 1 },
};

const header = z.record(
  z.string(),
  z.object({
    dtype: z.string(),
    shape: z.array(z.number().int().nonnegative()),
    data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
  }),
);
const metadataHeader = z.record(z.string(), z.string());

/** The format's own limit on the header, against files that claim any length. */
const MAX_HEADER = 100_000_000;

const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes of a safetensors file. Values begin at a multiple of 64 bytes, wider types first, so that readers can map them. */
export function encodeSafetensors({ tensors, metadata }: SafetensorsContent): Uint8Array {
  const names = Object.keys(tensors).sort((a, b) => {
    const wide = elementTypes[tensors[b].dtype].bytes - elementTypes[tensors[a].dtype].bytes;
    return wide !== 0 ? wide : a < b ? -1 : 1;
  });
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) entries.push(['__metadata__', metadata]);
  let offset = 0;
  for (const name of names) {
    const { shape, dtype, data } = tensors[name];
    if (name === '__metadata__')
      throw new Error('A tensor cannot be called "__metadata__" in a safetensors file.');
    if (data.length !== sizeOf(shape)) {
      throw new Error(
        `The tensor "${name}" of shape [${shape.join(', ')}] cannot have ${data.length} values.`,
      );
    }
    const end = offset + data.length * elementTypes[dtype].bytes;
    entries.push([name, { dtype: elementTypes[dtype].name, shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  // fromEntries keeps the order, but for names that look like integers; offsets say where everything is anyway.
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)), 'utf8');
  const start = Math.ceil((8 + json.length) / 64) * 64;
  const file = new Uint8Array(start + offset).fill(0x20, 8 + json.length, start);
  new DataView(file.buffer).setBigUint64(0, BigInt(start - 8), true);
  file.set(json, 8);
  let at = start;
  for (const name of names) {
    const { data } = tensors[name];
    file.set(littleEndianBytes(data), at);
    at += data.byteLength;
  }
  return file;
}

/**
 * The content of a safetensors file; values are copied out of `bytes`. `source` names the file in errors.
 * Throws a UserError when the file is cut off or damaged: header, element types, shapes, offsets that overlap, leave
 * holes or point outside.
 */
export function decodeSafetensors(bytes: Uint8Array, source: string): SafetensorsContent {
  const damaged = (what: string): UserError =>
    new UserError(
      `${source} is not a whole safetensors file: ${what}. Use another copy of it, or run again.`,
    );
  if (bytes.length < 8) throw damaged(`it has only ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > MAX_HEADER || length > bytes.length - 8)
    throw damaged(`its header would have ${length} bytes`);

  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch {
    throw damaged('its header is not JSON');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw damaged('its header is not an object');
  const { __metadata__: rawMetadata = {}, ...rawTensors } = json as Record<string, unknown>;
  const metadata = metadataHeader.safeParse(rawMetadata);
  if (!metadata.success) throw damaged('its metadata are not strings');
  const described = header.safeParse(rawTensors);
  if (!described.success) {
    throw damaged(`its header is malformed at ${described.error.issues[0].path.join('.') || 'the top'}`);
  }

  const data = bytes.subarray(8 + length);
  const tensors: Record<string, TensorValue> = {};
  const ranges: [number, number, string][] = [];
  for (const [name, { dtype: typeName, shape, data_offsets }] of Object.entries(described.data)) {
    const type = (Object.keys(elementTypes) as ElementType[]).find(
      (key) => elementTypes[key].name === typeName,
    );
    if (type === undefined) {
      throw new UserError(
        `${source}: the tensor "${name}" has the element type ${typeName}; only F32, I32 and BOOL are supported.`,
      );
    }
    const [begin, end] = data_offsets;
    if (end > data.length) throw damaged(`the values of "${name}" are cut off`);
    if (end - begin !== sizeOf(shape) * elementTypes[type].bytes) {
      throw damaged(`"${name}" has ${end - begin} bytes, which do not fit its shape [${shape.join(', ')}]`);
    }
    ranges.push([begin, end, name]);
    tensors[name] = {
      dtype: type,
      shape,
      data: typedValues(type, new Uint8Array(data.subarray(begin, end))),
    };
  }
  ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let position = 0;
  for (const [begin, end, name] of ranges) {
    if (begin < position) throw damaged(`the values of "${name}" overlap those of another tensor`);
    if (begin > position) throw damaged(`there is a hole before the values of "${name}"`);
    position = end;
  }
  if (position !== data.length)
    throw damaged(`${data.length - position} bytes at its end belong to no tensor`);
  return { tensors, metadata: metadata.data };
}

/** Writes a safetensors file atomically. */
export async function writeSafetensors(path: string, content: SafetensorsContent): Promise<void> {
  await writeAtomically(path, encodeSafetensors(content));
}

/** Reads a whole safetensors file. Throws a UserError when it is absent or damaged. */
export async function readSafetensors(path: string): Promise<SafetensorsContent> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw explainFileError(error, path, 'read');
  }
  return decodeSafetensors(bytes, path);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function littleEndianBytes(data: TensorData): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return hostIsLittleEndian || data.BYTES_PER_ELEMENT === 1 ? bytes : Buffer.from(bytes).swap32();
}

/** Little-endian bytes, which this takes over, as values. */
function typedValues(type: ElementType, bytes: Uint8Array<ArrayBuffer>): TensorData {
  if (type === 'bool') return bytes;
  if (!hostIsLittleEndian) Buffer.from(bytes.buffer).swap32();
  return type === 'float32' ? new Float32Array(bytes.buffer) : new Int32Array(bytes.buffer);
}
