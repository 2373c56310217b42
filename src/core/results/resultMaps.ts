import type { FieldInfo, Frames } from '../data/frames';
import { FALSE_DISCOVERY_RATE } from '../evaluation/significance';
import type { Composites } from './composites';
import type { ClassicAttribute, ClassicVariable } from './netcdfWriter';

/** NetCDF's default fill value of floats: what every tool knows. */
const FILL = Float32Array.of(9.96921e36);

const EFFECTIVE_SIZES =
  'effective sample sizes n (1 - r) / (1 + r), r the lag-1 autocorrelation of the deviations from the cluster means';
const FIELD_SIGNIFICANCE = `false discovery rate over the cells of the map held at ${FALSE_DISCOVERY_RATE} (Wilks 2016)`;

/** Names of dimensions and coordinates that maps share. */
export interface MapFrame {
  readonly y: string;
  readonly x: string;
  /** For the attribute `coordinates`, where the grid has two-dimensional ones. */
  readonly coordinates: string | undefined;
  /** A name that no other variable of the file has, close to the one given. */
  unique(name: string): string;
}

/**
 * The maps of every field. For each there are five variables, and the reader tells by their order, dimensions and types
 * which is which, as names give way to others: the composite (float, [cluster, y, x]) comes first, then the mean (float,
 * [y, x]), the significance of the composite (byte, [cluster, y, x]), the F statistic (float, [y, x]) and its significance
 * (byte, [y, x]).
 */
export function mapVariables({ fields, grid }: Frames, maps: Composites, frame: MapFrame): ClassicVariable[] {
  const { y, x, coordinates, unique } = frame;
  const cells = grid.height * grid.width;
  const clusters = maps.sizes.length;
  const plane = [y, x];
  const stack = ['cluster', y, x];
  const shared = { ...(coordinates !== undefined && { coordinates }) };
  /** Of field c out of [K, C, H, W]: [K, H, W]. */
  const ofField = <A extends Float32Array | Int8Array>(all: A, c: number, target: A): A => {
    for (let k = 0; k < clusters; k++) {
      const at = (k * fields.length + c) * cells;
      target.set(all.subarray(at, at + cells), k * cells);
    }
    return target;
  };
  const ofPlane = (c: number): [number, number] => [c * cells, (c + 1) * cells];
  const significant = signed(maps.significant);
  const fSignificant = signed(maps.fSignificant);

  return fields.flatMap((field, c): ClassicVariable[] => {
    const names = {
      composite: unique(`${field.name}_composite`),
      mean: unique(`${field.name}_mean`),
      significant: unique(`${field.name}_significant`),
      f: unique(`${field.name}_f_statistic`),
      fSignificant: unique(`${field.name}_f_significant`),
    };
    return [
      {
        name: names.composite,
        dimensions: stack,
        attributes: {
          ...meanAttributes(field, 'mean over the time steps of the cluster'),
          ...shared,
          ancillary_variables: names.significant,
          // The name above may have had to give way, and cannot hold all characters.
          field_name: field.name,
          field_long_name: field.longName,
        },
        data: filled(ofField(maps.clusters, c, new Float32Array(clusters * cells))),
      },
      {
        name: names.mean,
        dimensions: plane,
        attributes: { ...meanAttributes(field, 'mean over all time steps'), ...shared },
        data: filled(maps.overall.slice(...ofPlane(c))),
      },
      {
        name: names.significant,
        dimensions: stack,
        attributes: {
          ...flagAttributes(`${field.longName}, significance of the cluster's anomaly`),
          comment: `Mean over the cluster against that over all other time steps: two-sided t-test with unequal variances (Welch), ${EFFECTIVE_SIZES}; ${FIELD_SIGNIFICANCE}.`,
          ...shared,
        },
        data: ofField(significant, c, new Int8Array(clusters * cells)),
      },
      {
        name: names.f,
        dimensions: plane,
        attributes: {
          long_name: `${field.longName}, F statistic of the differences between clusters`,
          units: '1',
          _FillValue: FILL,
          comment: `One-way analysis of variance with ${EFFECTIVE_SIZES}.`,
          ancillary_variables: names.fSignificant,
          ...shared,
        },
        data: filled(maps.fStatistic.slice(...ofPlane(c))),
      },
      {
        name: names.fSignificant,
        dimensions: plane,
        attributes: {
          ...flagAttributes(`${field.longName}, significance of the differences between clusters`),
          comment: `F test of a one-way analysis of variance with ${EFFECTIVE_SIZES}; ${FIELD_SIGNIFICANCE}.`,
          ...shared,
        },
        data: fSignificant.slice(...ofPlane(c)),
      },
    ];
  });
}

/** The same bytes as the format's only type of one byte. */
function signed({ buffer, byteOffset, length }: Uint8Array): Int8Array {
  return new Int8Array(buffer, byteOffset, length);
}

function filled(values: Float32Array): Float32Array {
  return values.map((value) => (Number.isNaN(value) ? FILL[0] : value));
}

function meanAttributes({ longName, units }: FieldInfo, what: string): Record<string, ClassicAttribute> {
  return {
    long_name: `${longName}, ${what}`,
    // CF: a variable without a unit states none, rather than an empty one.
    ...(units.trim() !== '' && { units }),
    _FillValue: FILL,
    cell_methods: 'time: mean',
  };
}

function flagAttributes(longName: string): Record<string, ClassicAttribute> {
  return {
    long_name: longName,
    flag_values: Int8Array.of(0, 1),
    flag_meanings: 'not_significant significant',
  };
}
