import type { Frames } from '../../../src/core/data/frames';
import { rowsInMemory } from '../../../src/core/data/rows';

/** Frames as if read from a file. */
export function framesOf(data: {
  values: Float32Array;
  valid?: Uint8Array;
  variables: number;
  height: number;
  width: number;
}): Frames {
  const { values, variables, height, width } = data;
  const cells = variables * height * width;
  const n = values.length / cells;
  const table = rowsInMemory(values, n, cells);
  const day = (t: number): string => new Date(Date.UTC(2001, 0, 1 + t)).toISOString().slice(0, 19);
  return {
    fields: Array.from({ length: variables }, (_, c) => ({ name: `v${c}`, longName: `v${c}`, units: '1' })),
    time: {
      values: Float64Array.from({ length: n }, (_, t) => t),
      units: 'days since 2001-01-01',
      calendar: 'standard',
      iso: Array.from({ length: n }, (_, t) => day(t)),
    },
    grid: {
      kind: 'rectilinear',
      height,
      width,
      latitude: Float64Array.from({ length: height }, (_, y) => y),
      longitude: Float64Array.from({ length: width }, (_, x) => x),
      geographic: true,
      dimensionNames: ['lat', 'lon'],
    },
    table,
    measured: table,
    valid: data.valid ?? new Uint8Array(cells).fill(1),
    scaling: {
      kind: 'cell',
      minimum: new Float32Array(cells),
      maximum: new Float32Array(cells).fill(1),
      fill: new Float32Array(variables),
    },
    missing: { share: new Array<number>(variables).fill(0), emptySteps: [] },
    notes: [],
  };
}
