/** The maps of one field, ready to be drawn: values, significance and their common colour scale. */
import type { FieldSnapshot } from '../../src/protocol/panel';
import {
  type ColorScale,
  divergingScale,
  rangeOf,
  robustLimit,
  sequentialScale,
  strengthScale,
} from '../shared/map';
import type { Show } from './plan';
import type { Known, Slice, SliceKey } from './slices';

export interface FieldMap {
  readonly values: Float32Array;
  readonly significant: Uint8Array | null;
}

export interface FieldMaps {
  readonly scale: ColorScale;
  /** Mean or anomaly of each cluster; a text is why there is none. */
  readonly clusters: ReadonlyMap<number, FieldMap | string>;
  /** Mean of all time steps, or the F statistic. */
  readonly whole: FieldMap | string;
  /** What to subtract from a single step to see it like the others. */
  readonly reference: Float32Array | null;
}

/** `keys` and `known` go together, as slicesOf() gives them. */
export function fieldMaps(
  field: FieldSnapshot,
  show: Show,
  keys: readonly SliceKey[],
  known: readonly Known[],
): FieldMaps {
  const of = (layer: SliceKey['layer']) =>
    keys.flatMap((key, i) => (key.layer === layer ? [[key.index, known[i]] as const] : []));
  const whole = known[0];
  const means = of('mean');
  const plain = ({ slice, refusal }: Known): FieldMap | string =>
    slice ? { values: slice.values, significant: slice.significant } : (refusal ?? '');
  if (show === 'difference') {
    const values = whole.slice ? [whole.slice.values] : [];
    return {
      scale: strengthScale(robustLimit(values), values),
      clusters: new Map(),
      whole: plain(whole),
      reference: null,
    };
  }
  if (show === 'mean') {
    const all = [whole, ...means.map(([, mean]) => mean)].flatMap(({ slice }) => (slice ? [slice] : []));
    return {
      scale: sequentialScale(field, rangeOfMeans(all)),
      clusters: new Map(means.map(([k, mean]) => [k, withoutDots(plain(mean))])),
      whole: withoutDots(plain(whole)),
      reference: null,
    };
  }
  const clusters = new Map(means.map(([k, mean]) => [k, anomalyOf(mean, whole)] as const));
  const anomalies = [...clusters.values()].flatMap((map) => (typeof map === 'string' ? [] : [map.values]));
  return {
    scale: divergingScale(field, robustLimit(anomalies), anomalies),
    clusters,
    whole: plain(whole),
    reference: whole.slice?.values ?? null,
  };
}

/** Significance belongs to the anomaly: a mean itself is not tested. */
const withoutDots = (map: FieldMap | string) =>
  typeof map === 'string' ? map : { values: map.values, significant: null };

function anomalyOf(mean: Known, overall: Known): FieldMap | string {
  if (!mean.slice || !overall.slice) return mean.refusal ?? overall.refusal ?? '';
  return { values: minus(mean.slice.values, overall.slice.values), significant: mean.slice.significant };
}

export function minus(values: Float32Array, reference: Float32Array): Float32Array {
  return values.map((value, i) => value - reference[i]);
}

/** The range that the host found over all clusters; what is on the screen, where that is unknown. */
function rangeOfMeans(slices: readonly Slice[]): [number, number] {
  const [low, high] = slices[0]?.range.mean ?? [NaN, NaN];
  if (low <= high) return [low, high];
  const ranges = slices.map(({ values }) => rangeOf(values)).filter(([least]) => Number.isFinite(least));
  if (ranges.length === 0) return [0, 1];
  return [Math.min(...ranges.map(([least]) => least)), Math.max(...ranges.map(([, most]) => most))];
}
