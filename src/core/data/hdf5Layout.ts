import type { FileBytes } from './fileBytes';

/**
 * Where the values of a dataset lie in the file, as its object header tells (HDF5 File Format Specification, version 3).
 */
export interface Hdf5Layout {
  /** Byte order of the stored numbers. */
  readonly bigEndian: boolean;
  readonly storage:
    | { readonly kind: 'contiguous'; readonly address: number; readonly bytes: number }
    /** `dimensions`: shape of a chunk and, last, the bytes of a value. `address` of the B-tree that lists the chunks. */
    | { readonly kind: 'chunked'; readonly address: number; readonly dimensions: readonly number[] };
}

const messages = { datatype: 0x03, externalFiles: 0x07, layout: 0x08, continuation: 0x10 } as const;
const undefinedAddress = 0xffff_ffff_ffff_ffffn;
/** No header is larger; what claims to be, is damaged. */
const largestHeader = 1 << 24;

/**
 * Reads the header at `address`. Undefined when it is in a form that is not known here (or damaged): then the HDF5 library
 * is to read the dataset. Known is what netCDF-C and h5py write by default: addresses of 8 bytes, a superblock at the
 * beginning of the file, object headers of both versions, contiguous storage, and chunks in a B-tree of version 1.
 */
export function readLayout(file: FileBytes, address: number): Hdf5Layout | undefined {
  if (!hasKnownSuperblock(file)) return undefined;
  let bigEndian: boolean | undefined;
  let storage: Hdf5Layout['storage'] | undefined;
  for (const { type, shared, data } of headerMessages(file, address)) {
    if (type === messages.externalFiles) return undefined;
    if (type === messages.datatype) {
      if (shared) return undefined;
      bigEndian = bigEndianOf(data);
    } else if (type === messages.layout) {
      if (shared || storage) return undefined;
      storage = storageOf(data);
    }
  }
  return bigEndian === undefined || !storage ? undefined : { bigEndian, storage };
}

function hasKnownSuperblock(file: FileBytes): boolean {
  if (file.size < 48) return false;
  const block = view(file.readSync(0, 48));
  const version = block.getUint8(8);
  // Version 0: sizes at 13, base address at 24; version 1 has two more fields before that; versions 2 and 3 are shorter.
  const [sizes, base] = version === 0 ? [13, 24] : version === 1 ? [13, 28] : [9, 12];
  return (
    version <= 3 &&
    block.getUint8(sizes) === 8 &&
    block.getUint8(sizes + 1) === 8 &&
    block.getBigUint64(base, true) === 0n
  );
}

interface Message {
  readonly type: number;
  /** The data are a reference to a message elsewhere. */
  readonly shared: boolean;
  readonly data: DataView;
}

function headerMessages(file: FileBytes, address: number): Message[] {
  const start = view(file.readSync(address, 16));
  const second = start.getUint32(0) === 0x4f484452; // "OHDR"
  if (second) {
    const flags = start.getUint8(5);
    const prefix = 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
    const width = 1 << (flags & 3);
    const field = view(file.readSync(address + prefix, width));
    const length = Number(
      width === 8
        ? field.getBigUint64(0, true)
        : width === 4
          ? field.getUint32(0, true)
          : width === 2
            ? field.getUint16(0, true)
            : field.getUint8(0),
    );
    return secondVersion(file, address + prefix + width, length, (flags & 4) !== 0);
  }
  if (start.getUint8(0) !== 1) return [];
  return firstVersion(file, address + 16, start.getUint32(8, true), start.getUint16(2, true));
}

function firstVersion(file: FileBytes, address: number, length: number, count: number): Message[] {
  const found: Message[] = [];
  const blocks = [{ address, length }];
  for (let b = 0; b < blocks.length; b++) {
    const block = readBlock(file, blocks[b]);
    for (let at = 0; at + 8 <= block.byteLength && found.length < count;) {
      const size = block.getUint16(at + 2, true);
      const message = messageOf(block, block.getUint16(at, true), block.getUint8(at + 4), at + 8, size);
      found.push(message);
      if (message.type === messages.continuation) blocks.push(continuationOf(message.data, blocks.length));
      at += 8 + size;
    }
  }
  return found;
}

function secondVersion(file: FileBytes, address: number, length: number, ordered: boolean): Message[] {
  const found: Message[] = [];
  const head = ordered ? 6 : 4;
  const blocks = [{ address, length }];
  for (let b = 0; b < blocks.length; b++) {
    const block = readBlock(file, blocks[b]);
    for (let at = 0; at + head <= block.byteLength;) {
      const size = block.getUint16(at + 1, true);
      const message = messageOf(block, block.getUint8(at), block.getUint8(at + 3), at + head, size);
      found.push(message);
      if (message.type === messages.continuation) {
        // Between its signature ("OCHK") and its checksum.
        const next = continuationOf(message.data, blocks.length);
        blocks.push({ address: next.address + 4, length: next.length - 8 });
      }
      at += head + size;
    }
  }
  return found;
}

function messageOf(block: DataView, type: number, flags: number, at: number, size: number): Message {
  return {
    type,
    shared: (flags & 2) !== 0,
    data: new DataView(block.buffer, block.byteOffset + at, size),
  };
}

function continuationOf(data: DataView, blocks: number): { address: number; length: number } {
  if (blocks > 1000) throw new RangeError('Blocks of the header that lead to each other.');
  return { address: Number(data.getBigUint64(0, true)), length: Number(data.getBigUint64(8, true)) };
}

function readBlock(file: FileBytes, { address, length }: { address: number; length: number }): DataView {
  if (length < 0 || length > largestHeader) throw new RangeError('A header of an impossible length.');
  return view(file.readSync(address, length));
}

/** Of plain integers and floating-point numbers; undefined for other types. */
function bigEndianOf(data: DataView): boolean | undefined {
  const [integer, float] = [0, 1];
  const type = data.getUint8(0) & 15;
  const order = data.getUint8(1) & 0x41;
  // Bit 6 is set in the byte order of the VAX.
  return (type === integer || type === float) && order < 2 ? order === 1 : undefined;
}

function storageOf(data: DataView): Hdf5Layout['storage'] | undefined {
  const [contiguous, chunked] = [1, 2];
  const type = data.getUint8(1);
  if (data.getUint8(0) !== 3 || (type !== contiguous && type !== chunked)) return undefined;
  const at = type === contiguous ? 2 : 3;
  const address = data.getBigUint64(at, true);
  // Nothing was written yet.
  if (address === undefinedAddress) return undefined;
  if (type === contiguous) {
    return { kind: 'contiguous', address: Number(address), bytes: Number(data.getBigUint64(10, true)) };
  }
  const dimensions = Array.from({ length: data.getUint8(2) }, (_, d) => data.getUint32(11 + 4 * d, true));
  return { kind: 'chunked', address: Number(address), dimensions };
}

function view({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
