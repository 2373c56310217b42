import { crc32, deflateSync } from 'node:zlib';

/** An 8-bit colour: red, green, blue. */
export type Rgb = readonly [number, number, number];

/**
 * A PNG of indexed colours (PNG specification, 3rd edition), row by row from the top: `indices` [height * width] into
 * `palette`, of at most 256 colours, the first of which is transparent.
 */
export function encodePng(
  indices: Uint8Array,
  width: number,
  height: number,
  palette: readonly Rgb[],
): Buffer {
  const rows = Buffer.alloc(height * (1 + width));
  for (let y = 0; y < height; y++) {
    // Each row begins with its filter: 0, none.
    rows.set(indices.subarray(y * width, (y + 1) * width), y * (1 + width) + 1);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Bit depth 8, colour type 3 (indexed), the only compression, filter method and no interlace.
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('tRNS', Buffer.of(0)),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
