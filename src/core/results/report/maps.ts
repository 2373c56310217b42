import type { FieldInfo, Frames, Grid } from '../../data/frames';
import type { Composites } from '../composites';
import { coastlinePath } from './coastline';
import type { Content, Markup } from './html';
import { html } from './html';
import type { DivergingName } from './palette';
import { clusterColours, divergingColour, divergingFor, divergingGradient, inkOn } from './palette';
import { encodePng } from './png';
import { niceLimit, niceTicks, prettyUnits, readableFactor, short } from './ticks';

/** Composite anomalies of every variable: one figure each, one map per non-empty cluster, one colour scale. */
export function compositeMaps(frames: Frames, maps: Composites): Markup {
  const { fields, grid } = frames;
  const coast = coastlinePath(grid);
  return html`${
    coast &&
    html`<svg class="definitions" aria-hidden="true">
      <defs><path id="coast" d="${coast}" /></defs>
    </svg>`
  }
  ${fields.map((field, c) => fieldFigure(field, c, frames, maps, coast !== undefined))}`;
}

function fieldFigure(
  field: FieldInfo,
  c: number,
  { grid, fields }: Frames,
  maps: Composites,
  coast: boolean,
): Markup {
  const cells = grid.height * grid.width;
  const clusters = maps.sizes.length;
  const steps = maps.sizes.reduce((a, b) => a + b, 0);
  const anomaliesOf = (k: number) =>
    Float32Array.from(
      { length: cells },
      (_, i) => maps.clusters[(k * fields.length + c) * cells + i] - maps.overall[c * cells + i],
    );
  const filled = [...maps.sizes.keys()].filter((k) => maps.sizes[k] > 0);
  const anomalies = new Map(filled.map((k) => [k, anomaliesOf(k)]));
  const limit = niceLimit(highQuantile([...anomalies.values()], 0.995));
  const { factor, prefix } = readableFactor(limit);
  const units = `${prefix}${prettyUnits(field.units) ?? ''}`.trim();
  const scale = divergingFor(field.name, field.longName);
  const colours = clusterColours(clusters);
  // Rows of equal length, of five maps at most.
  const columns = Math.ceil(filled.length / Math.ceil(filled.length / 5));
  const mean = regionalMean(maps.overall.subarray(c * cells, (c + 1) * cells), grid);
  return html`<figure class="field">
    <figcaption>
      <b>${field.longName}</b> ${field.longName !== field.name && html`<code>${field.name}</code>`}
      <span class="quiet"
        >· mean of all steps over the region: ${short(mean, 4)} ${prettyUnits(field.units)}</span
      >
    </figcaption>
    <div class="maps" style="--columns:${columns}">
      ${filled.map((k) => {
        const anomaly = anomalies.get(k) as Float32Array;
        return html`<div class="map">
          <div class="name">
            <span class="chip" style="background:${colours[k]};color:${inkOn(colours[k])}">${k}</span>
            ${((100 * maps.sizes[k]) / steps).toFixed(1)} %
            <span class="quiet">mean ${signed(regionalMean(anomaly, grid) / factor)}</span>
          </div>
          ${map(anomaly, grid, limit, scale, coast, `Cluster ${k}, ${field.longName}`)}
        </div>`;
      })}
    </div>
    ${colourBar(limit / factor, scale, units)}
  </figure>`;
}

function signed(value: number, digits = 2): string {
  return (value > 0 ? '+' : '') + short(value, digits);
}

/** Mean over the cells with values, weighted by the cosine of latitude where there is one. */
function regionalMean(values: Float32Array, { kind, geographic, latitude, width }: Grid): number {
  let sum = 0;
  let weights = 0;
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    const degrees = latitude[kind === 'rectilinear' ? Math.floor(i / width) : i];
    const weight = geographic ? Math.max(0, Math.cos((degrees * Math.PI) / 180)) : 1;
    sum += weight * value;
    weights += weight;
  });
  return sum / weights;
}

/** Magnitude that all but the largest share of values stay below, so that single cells do not wash out the maps. */
function highQuantile(maps: readonly Float32Array[], quantile: number): number {
  const magnitudes = maps
    .flatMap((values) => Array.from(values, Math.abs).filter((value) => !Number.isNaN(value)))
    .sort((a, b) => a - b);
  return magnitudes[Math.min(magnitudes.length - 1, Math.floor(quantile * magnitudes.length))] ?? 0;
}

function map(
  values: Float32Array,
  grid: Grid,
  limit: number,
  scale: DivergingName,
  coast: boolean,
  title: string,
): Markup {
  const { height, width } = grid;
  const across = grid.kind === 'rectilinear' ? 1 : width;
  // Pictures have north up and east to the right, whatever the order of the file.
  const flipRows = height > 1 && grid.geographic && grid.latitude[0] < grid.latitude[across];
  const flipColumns = width > 1 && grid.geographic && grid.longitude[0] > grid.longitude[1];
  const pixels = new Uint8Array(height * width * 4);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const value = values[(flipRows ? height - 1 - i : i) * width + (flipColumns ? width - 1 - j : j)];
      if (Number.isNaN(value)) continue;
      pixels.set([...divergingColour(scale, value / limit), 255], (i * width + j) * 4);
    }
  }
  const picture = `data:image/png;base64,${encodePng(pixels, width, height).toString('base64')}`;
  const [w, h] = pictureSize(grid);
  const [left, bottom] = [34, 13];
  const labelled = grid.geographic && grid.kind === 'rectilinear' && height > 1 && width > 1;
  const frame = html`<rect class="sea" x="${left}" y="1" width="${w}" height="${h}" />
    <image href="${picture}" x="${left}" y="1" width="${w}" height="${h}" preserveAspectRatio="none" />
    ${coast && html`<svg x="${left}" y="1" width="${w}" height="${h}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none"><use href="#coast" class="coast" /></svg>`}
    <rect class="frame" x="${left}" y="1" width="${w}" height="${h}" />`;
  return html`<svg viewBox="0 0 ${left + w + 4} ${h + bottom + 2}" role="img" aria-label="${title}">
    <title>${title}</title>
    ${frame}${labelled && axes(grid, left, w, h)}
  </svg>`;
}

/** Width and height of a map of 180 units: degrees of longitude shrink with latitude. */
function pictureSize({ kind, geographic, height, width, latitude, longitude }: Grid): [number, number] {
  let ratio = height / width;
  if (geographic && kind === 'rectilinear' && height > 1 && width > 1) {
    const span = (values: Float64Array) =>
      Math.abs(values[values.length - 1] - values[0]) * (values.length / (values.length - 1));
    const middle = (latitude[0] + latitude[height - 1]) / 2;
    ratio = span(latitude) / (span(longitude) * Math.max(0.2, Math.cos((middle * Math.PI) / 180)));
  }
  const w = 180;
  return [w, Math.round(Math.min(260, Math.max(50, w * ratio)))];
}

/** A few degrees along the left and lower edge. */
function axes({ latitude, longitude }: Grid, left: number, w: number, h: number): Content {
  const place = (centres: Float64Array, count: number) => {
    const n = centres.length;
    const sorted = centres[0] < centres[n - 1] ? centres : centres.slice().reverse();
    return niceTicks(sorted[0], sorted[n - 1], count).map((value) => {
      let i = 0;
      while (i < n - 2 && value > sorted[i + 1]) i++;
      return { value, share: (i + 0.5 + (value - sorted[i]) / (sorted[i + 1] - sorted[i])) / n };
    });
  };
  const degrees = (value: number, positive: string, negative: string) =>
    value === 0 ? '0°' : `${Number(Math.abs(value).toFixed(2))}°${value > 0 ? positive : negative}`;
  const east = (value: number) => {
    const wrapped = ((((value + 180) % 360) + 360) % 360) - 180;
    return wrapped === -180 ? '180°' : degrees(wrapped, 'E', 'W');
  };
  return [
    place(longitude, 3).map(({ value, share }) => {
      const x = (left + w * share).toFixed(1);
      return html`<line class="mark" x1="${x}" x2="${x}" y1="${h + 1}" y2="${h + 4}" /><text
          class="tick middle tiny"
          x="${x}"
          y="${h + 13}"
          >${east(value)}</text
        >`;
    }),
    place(latitude, 3).map(({ value, share }) => {
      const y = (1 + h * (1 - share)).toFixed(1);
      return html`<line class="mark" x1="${left - 3}" x2="${left}" y1="${y}" y2="${y}" /><text
          class="lane tiny"
          x="${left - 4}"
          y="${Number(y) + 3}"
          >${degrees(value, 'N', 'S')}</text
        >`;
    }),
  ];
}

function colourBar(limit: number, scale: DivergingName, units: string): Markup {
  const labels = [-1, -0.5, 0, 0.5, 1].map((share) => signed(share * limit, 3));
  return html`<div class="bar">
    <div class="gradient" style="background:linear-gradient(to right, ${divergingGradient(scale)})"></div>
    <div class="numbers">${labels.map((label) => html`<span>${label}</span>`)}</div>
    <div class="unit">${units || 'no unit'}</div>
  </div>`;
}
