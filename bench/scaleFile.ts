import { closeSync, openSync, writeSync } from 'node:fs';
import { Random } from '../src/core/random';

export interface ScaleSize {
  readonly steps: number;
  readonly variables: number;
  readonly height: number;
  readonly width: number;
}

/** Bytes of the values of such a file. */
export const bytesOf = ({ steps, variables, height, width }: ScaleSize): number =>
  4 * steps * variables * height * width;

const REGIMES = 4;
/** Values that are written at once: 16 MiB. */
const PIECE = 1 << 22;

/**
 * Writes a NetCDF file (CDF-5) of float32 fields [time, lat, lon], one variable after the other, piece by piece: regimes of
 * some days with a pattern each, a seasonal cycle, and noise.
 */
export function writeScaleFile(path: string, size: ScaleSize): void {
  const { steps, variables, height, width } = size;
  const cells = height * width;
  const random = new Random(1);
  const noise = Float32Array.from({ length: 1 << 16 }, () => random.normal());
  const pattern = Float32Array.from({ length: REGIMES * cells }, (_, i) => {
    const [regime, cell] = [Math.floor(i / cells), i % cells];
    const [y, x] = [Math.floor(cell / width) / height, (cell % width) / width];
    return 2 * Math.sin(2 * Math.PI * ((regime % 2) + 1) * x + regime) * Math.cos(Math.PI * (1 + regime) * y);
  });
  const regimes = new Int32Array(steps);
  for (let t = 1; t < steps; t++) {
    regimes[t] = random.uniform() < 0.9 ? regimes[t - 1] : random.integer(REGIMES);
  }
  const file = openSync(path, 'w');
  try {
    writeAll(file, headerOf(size));
    writeAll(file, bigEndian(Float64Array.from({ length: steps }, (_, t) => t)));
    writeAll(file, bigEndian(Float64Array.from({ length: height }, (_, i) => 60 - (40 * i) / height)));
    writeAll(file, bigEndian(Float64Array.from({ length: width }, (_, i) => -20 + (60 * i) / width)));
    const count = Math.max(1, Math.floor(PIECE / cells));
    for (let v = 0; v < variables; v++) {
      for (let first = 0; first < steps; first += count) {
        const piece = new Float32Array(Math.min(count, steps - first) * cells);
        for (let at = 0, t = first; at < piece.length; t++) {
          const season = 5 * Math.cos((2 * Math.PI * t) / 365.25);
          const own = regimes[t] * cells;
          let draw = (t * 7919 + v * 104729) & 0xffff;
          for (let cell = 0; cell < cells; cell++, at++) {
            draw = (draw + 40503) & 0xffff;
            piece[at] = 280 + season + pattern[own + cell] + noise[draw];
          }
        }
        writeAll(file, bigEndian(piece));
      }
    }
  } finally {
    closeSync(file);
  }
}

function headerOf({ steps, variables, height, width }: ScaleSize): Buffer {
  const header = (given: readonly bigint[]): Buffer => {
    const begins = [...given];
    const parts: Buffer[] = [Buffer.from('CDF\x05', 'latin1')];
    const u32 = (value: number): void => {
      const part = Buffer.alloc(4);
      part.writeUInt32BE(value);
      parts.push(part);
    };
    const u64 = (value: bigint | number): void => {
      const part = Buffer.alloc(8);
      part.writeBigUInt64BE(BigInt(value));
      parts.push(part);
    };
    const text = (value: string): void => {
      u64(value.length);
      parts.push(Buffer.from(value.padEnd(4 * Math.ceil(value.length / 4), '\0'), 'latin1'));
    };
    u64(0);
    u32(10);
    u64(3);
    for (const [name, length] of [
      ['time', steps],
      ['lat', height],
      ['lon', width],
    ] as const) {
      text(name);
      u64(length);
    }
    u32(0);
    u64(0);
    u32(11);
    u64(3 + variables);
    const variable = (
      name: string,
      dimensions: number[],
      units: string,
      type: number,
      bytes: number,
    ): void => {
      text(name);
      u64(dimensions.length);
      dimensions.forEach(u64);
      u32(12);
      u64(1);
      text('units');
      u32(2);
      text(units);
      u32(type);
      u64(bytes);
      u64(begins.shift() ?? 0n);
    };
    variable('time', [0], 'days since 1980-01-01', 6, 8 * steps);
    variable('lat', [1], 'degrees_north', 6, 8 * height);
    variable('lon', [2], 'degrees_east', 6, 8 * width);
    for (let v = 0; v < variables; v++) {
      variable(`v${v}`, [0, 1, 2], 'K', 5, 4 * steps * height * width);
    }
    return Buffer.concat(parts);
  };
  const sizes = [
    8 * steps,
    8 * height,
    8 * width,
    ...Array<number>(variables).fill(4 * steps * height * width),
  ];
  let at = BigInt(header([]).length);
  const begins = sizes.map((size) => {
    const begin = at;
    at += BigInt(size);
    return begin;
  });
  return header(begins);
}

function bigEndian(values: Float32Array | Float64Array): Buffer {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return values.BYTES_PER_ELEMENT === 4 ? bytes.swap32() : bytes.swap64();
}

function writeAll(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}
