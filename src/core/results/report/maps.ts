import { cellAreas } from '../../data/cellAreas';
import type { FieldInfo, Frames } from '../../data/frames';
import { FALSE_DISCOVERY_RATE } from '../../evaluation/significance';
import { extent } from '../../extent';
import type { Composites } from '../composites';
import { scalesFor, strength } from './colourScale';
import type { ColourScale } from './colourScale';
import type { Backdrop } from './fieldMap';
import { backdrop, fieldMap } from './fieldMap';
import type { Markup } from './html';
import { html } from './html';
import { clusterColours, inkOn } from './palette';
import type { Plane } from './plane';
import { planeOf } from './planeOf';
import { niceLimit, niceTicks, prettyUnits, readableFactor, short } from './ticks';

/** What the maps show, and how significance was tested. */
export function aboutMaps(): Markup {
  return html`<p>
      Above, the mean of each variable over a cluster’s time steps (its composite); below it the anomaly, the
      mean of the cluster less that of all steps. Numbers are means over the region (cells weigh by their
      area), in the units of the scales below. Maps of a variable share one scale for means and one for
      anomalies; the few most extreme cells have the colours of their ends. Grey cells have no values.
    </p>
    <p>
      Dots: the cluster differs significantly from all other time steps there (two-sided t-test with unequal
      variances; effective sample size for lag-1 autocorrelation; field significance by control of the false
      discovery rate at ${FALSE_DISCOVERY_RATE}: Wilks, 2016). The F statistic of an analysis of variance,
      dotted by the same rules, shows where the clusters differ most. The clusters were made from these data:
      the tests say where a composite stands out, not that the regimes exist.
    </p>`;
}

/**
 * Composite maps of every variable, one figure each: mean and anomaly of each non-empty cluster below one another, the
 * overall mean and the F statistic first. Means share one scale, anomalies another.
 */
export function compositeMaps(frames: Frames, maps: Composites): Markup {
  const plane = planeOf(frames.grid);
  const shared = backdrop(plane);
  const areas = cellAreas(frames.grid);
  return html`${shared.definitions}${frames.fields.map((field, c) =>
    fieldFigure(field, c, frames, maps, plane, shared, areas),
  )}`;
}

function fieldFigure(
  field: FieldInfo,
  c: number,
  { grid, fields }: Frames,
  maps: Composites,
  plane: Plane,
  shared: Backdrop,
  areas: Float64Array,
): Markup {
  const cells = grid.height * grid.width;
  const steps = maps.sizes.reduce((a, b) => a + b, 0);
  const part = <A extends Float32Array | Uint8Array>(all: A, k: number): A =>
    all.subarray((k * fields.length + c) * cells, (k * fields.length + c + 1) * cells) as A;
  const overall = part(maps.overall, 0);
  const f = part(maps.fStatistic, 0);
  const filled = [...maps.sizes.keys()].filter((k) => maps.sizes[k] > 0);
  const means = new Map(filled.map((k) => [k, part(maps.clusters, k)]));
  const anomalies = new Map(
    filled.map((k) => [k, part(maps.clusters, k).map((mean, i) => mean - overall[i])]),
  );

  const [low, high] = niceRange(...quantiles([overall, ...means.values()], 0.002, 0.998));
  const size = quantiles(
    [...anomalies.values()].map((anomaly) => anomaly.map(Math.abs)),
    0,
    0.995,
  )[1];
  const limit = niceLimit(size);
  const fLimit = niceLimit(quantiles([f], 0, 0.98)[1]);
  const colours = clusterColours(maps.sizes.length);
  const scales = scalesFor(field.name, field.longName);
  const units = prettyUnits(field.units) ?? '';
  const meanNumbers = numbers(Math.max(Math.abs(low), Math.abs(high)), high - low);
  const anomalyNumbers = numbers(limit, limit);
  // Rows of equal length, of five maps at most; the first map is that of all steps.
  const count = filled.length + 1;
  const columns = Math.ceil(count / Math.ceil(count / 5));
  const draw = (
    values: Float32Array,
    from: number,
    to: number,
    scale: ColourScale,
    title: string,
    significant?: Uint8Array,
  ) => fieldMap(plane, shared, { values, low: from, high: to, scale, title, significant });
  const about = (values: Float32Array) => {
    const [least, greatest] = extent(values);
    if (least > greatest) return 'no values';
    return `${short(least)} to ${short(greatest)} ${units}`.trim();
  };
  const significantShare = (flags: Uint8Array, values: Float32Array) => {
    let [set, all] = [0, 0];
    values.forEach((value, i) => {
      if (Number.isNaN(value)) return;
      all++;
      set += flags[i];
    });
    return all > 0
      ? `significant in ${Math.round((100 * set) / all)} % of the cells`
      : 'not defined in any cell';
  };
  const fFlags = part(maps.fSignificant, 0);
  return html`<figure class="field">
    <figcaption>
      <b>${field.longName}</b> ${field.longName !== field.name && html`<code>${field.name}</code>`}
      <span class="quiet"
        >· mean of all steps over the region: ${short(regionalMean(overall, areas), 4)} ${units}</span
      >
    </figcaption>
    <div class="maps" style="--columns:${columns}">
      <div class="map">
        <div class="name"><b>All steps</b></div>
        ${draw(overall, low, high, scales.mean, `${field.longName}, mean of all steps: ${about(overall)}`)}
        <div class="name second"><b>F</b> <span class="quiet">where clusters differ</span></div>
        ${draw(f, 0, fLimit, strength, `${field.longName}, F statistic of the clusters: ${about(f).replace(units, '')}; ${significantShare(fFlags, f)}`, fFlags)}
      </div>
      ${filled.map((k) => {
        const mean = means.get(k) as Float32Array;
        const anomaly = anomalies.get(k) as Float32Array;
        const flags = part(maps.significant, k);
        return html`<div class="map">
          <div class="name">
            <span class="chip" style="background:${colours[k]};color:${inkOn(colours[k])}">${k}</span>
            ${((100 * maps.sizes[k]) / steps).toFixed(1)} %
            <span class="quiet">mean ${meanNumbers.text(regionalMean(mean, areas))}</span>
          </div>
          ${draw(mean, low, high, scales.mean, `Cluster ${k}, ${field.longName}, mean: ${about(mean)}`)}
          <div class="name second">
            <span class="quiet">anomaly ${anomalyNumbers.text(regionalMean(anomaly, areas), true)}</span>
          </div>
          ${draw(anomaly, -limit, limit, scales.anomaly, `Cluster ${k}, ${field.longName}, anomaly: ${about(anomaly)}; ${significantShare(flags, anomaly)}`, flags)}
        </div>`;
      })}
    </div>
    <div class="bars">
      ${colourBar('Mean', scales.mean, low, high, meanNumbers, units)}
      ${colourBar('Anomaly', scales.anomaly, -limit, limit, anomalyNumbers, units, true)}
      ${colourBar('F statistic', strength, 0, fLimit, numbers(fLimit, fLimit), '')}
    </div>
  </figure>`;
}

/** Numbers of one quantity: in a power of ten that is easy to read, with as many decimals as the range deserves. */
interface Numbers {
  readonly factor: number;
  readonly prefix: string;
  text(value: number, signed?: boolean): string;
}

function numbers(magnitude: number, range: number): Numbers {
  const { factor, prefix } = readableFactor(magnitude);
  const decimals = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(range / factor))));
  return {
    factor,
    prefix,
    text: (value, signed = false) => {
      const text = (value / factor).toFixed(decimals).replace(/^-(0\.?0*)$/, '$1');
      return (signed && Number(text) > 0 ? '+' : '') + text.replace('-', '−');
    },
  };
}

/** Mean over the cells with values, weighted by their areas. */
function regionalMean(values: Float32Array, areas: Float64Array): number {
  let sum = 0;
  let weights = 0;
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    sum += areas[i] * value;
    weights += areas[i];
  });
  return sum / weights;
}

/** Values that quantiles are taken from: more would only take longer to sort. */
const SAMPLE = 200_000;

/** Two quantiles of the values of some maps, so that single cells do not wash out the rest; 0 and 0 where there are none. */
function quantiles(maps: readonly Float32Array[], low: number, high: number): [number, number] {
  const total = maps.reduce((sum, { length }) => sum + length, 0);
  const every = Math.ceil(total / SAMPLE);
  const sample = new Float32Array(Math.ceil(total / every) + maps.length);
  let n = 0;
  for (const values of maps) {
    for (let i = 0; i < values.length; i += every) if (!Number.isNaN(values[i])) sample[n++] = values[i];
  }
  const sorted = sample.subarray(0, n).sort();
  return n === 0 ? [0, 0] : [sorted[Math.floor(low * (n - 1))], sorted[Math.ceil(high * (n - 1))]];
}

/** The range widened to round numbers. */
function niceRange(low: number, high: number): [number, number] {
  if (!(high - low > 1e-6 * Math.max(Math.abs(low), Math.abs(high)))) {
    const margin = Math.max(0.5, Math.abs(low) * 0.01);
    return [low - margin, high + margin];
  }
  const ticks = niceTicks(low, high, 20);
  const step = ticks[1] - ticks[0];
  return [
    Number((Math.floor(low / step + 1e-9) * step).toPrecision(12)),
    Number((Math.ceil(high / step - 1e-9) * step).toPrecision(12)),
  ];
}

function colourBar(
  name: string,
  scale: ColourScale,
  low: number,
  high: number,
  { factor, prefix }: Numbers,
  units: string,
  signed = false,
): Markup {
  const unit = `${prefix}${units}`.trim();
  return html`<div class="bar">
    <div class="unit">${name}${unit !== '' && html` <span class="quiet">[${unit}]</span>`}</div>
    <div class="gradient" style="background:linear-gradient(to right, ${scale.gradient})"></div>
    <div class="numbers">
      ${niceTicks(low, high, 4).map(
        (tick) =>
          html`<span style="left:${((100 * (tick - low)) / (high - low)).toFixed(1)}%"
            >${signed && tick > 0 ? '+' : ''}${short(tick / factor, 4)}</span
          >`,
      )}
    </div>
  </div>`;
}
