/**
 * The safetensors format (huggingface/safetensors, "Format"): eight bytes with the length N of the header (unsigned,
 * little-endian), N bytes of JSON, then the tensors' values, little-endian and row-major, without holes.
 */
import { open, readFile, type FileHandle } from 'node:fs/promises';
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
  if (bytes.length < 8) throw damaged(source, `it has only ${bytes.length} bytes`);
  const length = headerLength(bytes, bytes.length, source);
  const data = bytes.subarray(8 + length);
  const { metadata, entries } = parseHeader(bytes.subarray(8, 8 + length), data.length, source);
  return {
    metadata,
    tensors: Object.fromEntries(
      entries.map(({ name, dtype, shape, begin, end }) => [
        name,
        { dtype, shape, data: typedValues(dtype, new Uint8Array(data.subarray(begin, end))) },
      ]),
    ),
  };
}

/** Where the header places a tensor: bytes from the end of the header on. */
interface Placed {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const damaged = (source: string, what: string): UserError =>
  new UserError(`${source} is not a whole safetensors file: ${what}. Use another copy of it, or run again.`);

/** Of a file of `size` bytes that begins with `bytes`. */
function headerLength(bytes: Uint8Array, size: number, source: string): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > MAX_HEADER || length > size - 8)
    throw damaged(source, `its header would have ${length} bytes`);
  return length;
}

function parseHeader(
  bytes: Uint8Array,
  dataLength: number,
  source: string,
): { metadata: Record<string, string>; entries: Placed[] } {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw damaged(source, 'its header is not JSON');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw damaged(source, 'its header is not an object');
  const { __metadata__: rawMetadata = {}, ...rawTensors } = json as Record<string, unknown>;
  const metadata = metadataHeader.safeParse(rawMetadata);
  if (!metadata.success) throw damaged(source, 'its metadata are not strings');
  const described = header.safeParse(rawTensors);
  if (!described.success) {
    throw damaged(
      source,
      `its header is malformed at ${described.error.issues[0].path.join('.') || 'the top'}`,
    );
  }
  const entries = Object.entries(described.data).map(
    ([name, { dtype: typeName, shape, data_offsets }]): Placed => {
      const dtype = (Object.keys(elementTypes) as ElementType[]).find(
        (key) => elementTypes[key].name === typeName,
      );
      if (dtype === undefined) {
        throw new UserError(
          `${source}: the tensor "${name}" has the element type ${typeName}; only F32, I32 and BOOL are supported.`,
        );
      }
      const [begin, end] = data_offsets;
      if (end > dataLength) throw damaged(source, `the values of "${name}" are cut off`);
      if (end - begin !== sizeOf(shape) * elementTypes[dtype].bytes) {
        throw damaged(
          source,
          `"${name}" has ${end - begin} bytes, which do not fit its shape [${shape.join(', ')}]`,
        );
      }
      return { name, dtype, shape, begin, end };
    },
  );
  let position = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < position) throw damaged(source, `the values of "${name}" overlap those of another tensor`);
    if (begin > position) throw damaged(source, `there is a hole before the values of "${name}"`);
    position = end;
  }
  if (position !== dataLength)
    throw damaged(source, `${dataLength - position} bytes at its end belong to no tensor`);
  return { metadata: metadata.data, entries };
}

/** Writes a safetensors file atomically. */
export async function writeSafetensors(path: string, content: SafetensorsContent): Promise<void> {
  await writeAtomically(path, encodeSafetensors(content));
}

/**
 * Reads a safetensors file; with `wanted`, only the values of the tensors of these names. Throws a UserError when it is
 * absent or damaged.
 */
export async function readSafetensors(
  path: string,
  wanted?: (name: string) => boolean,
): Promise<SafetensorsContent> {
  try {
    if (!wanted) return decodeSafetensors(await readFile(path), path);
    const file = await open(path);
    try {
      return await readSome(file, path, wanted);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw explainFileError(error, path, 'read');
  }
}

async function readSome(
  file: FileHandle,
  path: string,
  wanted: (name: string) => boolean,
): Promise<SafetensorsContent> {
  const { size } = await file.stat();
  if (size < 8) throw damaged(path, `it has only ${size} bytes`);
  const length = headerLength(await readBytes(file, 0, 8, path), size, path);
  const start = 8 + length;
  const { metadata, entries } = parseHeader(await readBytes(file, 8, length, path), size - start, path);
  const tensors: Record<string, TensorValue> = {};
  for (const { name, dtype, shape, begin, end } of entries) {
    if (!wanted(name)) continue;
    const data = typedValues(dtype, await readBytes(file, start + begin, end - begin, path));
    tensors[name] = { dtype, shape, data };
  }
  return { metadata, tensors };
}

async function readBytes(
  file: FileHandle,
  position: number,
  length: number,
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw damaged(path, `it ends after ${position + done} bytes`);
    done += bytesRead;
  }
  return bytes;
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
