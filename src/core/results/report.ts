import type { HyperParameterKey } from '../config';
import { hyperParameterKeys, hyperParameters } from '../config';
import type { FieldInfo, Frames, TimeAxis } from '../data/frames';
import type { Metrics } from '../evaluation/metrics';
import { basename } from 'node:path';
import type { Composites } from './composites';
import { composites } from './composites';
import { toJsonMetrics } from './metricsJson';
import type { Content, Markup } from './report/html';
import { html, raw } from './report/html';
import { lossCharts, phases } from './report/lossCharts';
import { compositeMaps } from './report/maps';
import { clusterColours, inkOn } from './report/palette';
import { ribbon } from './report/ribbon';
import { seasons } from './report/seasons';
import { spells } from './report/spells';
import { reportStyle } from './report/style';
import { prettyUnits, short } from './report/ticks';
import type { ClusteringResult } from './result';
import type { RunInfo } from './runJson';

/**
 * report.html: one self-contained page (no scripts, nothing loaded) for reading, printing and keeping. Everything that
 * comes from files and settings is escaped. `info` should have its final timings.
 */
export function renderReport(frames: Frames, result: ClusteringResult, info: RunInfo): string {
  const maps = composites(frames, result.labels, result.clusters);
  const files = info.config.files.map((file) => basename(file));
  const title = `Regimes of ${list(titles(frames.fields))}`;
  const month = seasons(frames.time.iso, result.labels, result.clusters);
  const charts = lossCharts(result.history);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <title>${title}</title>
        <style>
          ${raw(reportStyle)}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          <p class="lead">
            ${files.join(', ')} · ${span(frames)} · ${String(result.labels.length)} time steps in
            ${String(result.clusters)} clusters by A-DATSC
          </p>
          ${facts(frames, info)}
          <h2>When the clusters occur</h2>
          <p>The cluster of every time step.</p>
          ${ribbon(frames.time, result.labels, result.clusters)}
          ${
            month &&
            html`<figure>
              <figcaption>Share of each cluster in each month</figcaption>
              ${month}
            </figure>`
          }
          <h2>Clusters</h2>
          ${sizes(result, maps, frames.time)}
          <h2>What they look like</h2>
          <p>
            Composite anomalies: the mean of each variable over a cluster's time steps, less its mean over
            all. All maps of a variable share one colour scale; grey cells have no values. Above each map: the
            cluster’s share of time, and its mean anomaly over the region.
          </p>
          ${compositeMaps(frames, maps)}
          <h2>Metrics</h2>
          <p>Computed on the scaled data, never on the embedding, so that methods can be compared.</p>
          ${metricsTable(result)}
          ${
            charts.length > 0 &&
            html`<h2>Training</h2>
              <p>
                Phases:
                ${phases(result.history).map(({ phase, from, to }, i) => `${i > 0 ? ', ' : ''}${phase} (epochs ${Math.ceil(from)} to ${to})`)}.
                Losses by epoch; every second phase is shaded.
              </p>
              <div class="charts">${charts}</div>`
          }
          <h2>Settings</h2>
          ${settings(info)}
          <h2>Provenance</h2>
          ${provenance(frames, info)}
          <footer>
            Made by Climate Clustering (A-DATSC) ${info.versions.extension} as <code>${info.id}</code>.
          </footer>
        </main>
      </body>
    </html> `;
  return page.text;
}

/** What the fields are called; with their short names where several have the same long one. */
function titles(fields: readonly FieldInfo[]): string[] {
  return fields.map(({ name, longName }) => {
    const shared = fields.filter((other) => other.longName === longName).length > 1;
    const text = longName.replaceAll('_', ' ');
    return shared ? `${text} (${name})` : text;
  });
}

function list(names: readonly string[]): string {
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more variables`] : names;
  return shown.length < 2
    ? shown.join('')
    : `${shown.slice(0, -1).join(', ')} and ${shown[shown.length - 1]}`;
}

const plainTime = (iso: string): string => iso.replace(/T00:00:00$/, '').replace('T', ' ');

function span({ time }: Frames): string {
  return `${plainTime(time.iso[0])} to ${plainTime(time.iso[time.iso.length - 1])}`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${short(seconds, 3)} s`;
  return seconds < 5400 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function facts({ grid, time, fields }: Frames, info: RunInfo): Markup {
  const range = (values: Float64Array, positive: string, negative: string) =>
    [Math.min(...minMax(values)), Math.max(...minMax(values))]
      .map((value) => `${Number(Math.abs(value).toFixed(2))}° ${value < 0 ? negative : positive}`)
      .join(' to ');
  const { total } = info.timings;
  const entries: [string, Content][] = [
    [
      'Variables',
      fields
        .map(({ name, units }) => (prettyUnits(units) ? `${name} [${prettyUnits(units)}]` : name))
        .join(', '),
    ],
    [
      'Time',
      `${span({ time } as Frames)}${time.calendar === 'standard' || time.units === '1' ? '' : ` (${time.calendar})`}`,
    ],
    ['Grid', `${grid.height} × ${grid.width}${grid.kind === 'curvilinear' ? ', curvilinear' : ''}`],
    grid.geographic && ['Area', `${range(grid.latitude, 'N', 'S')}, ${range(grid.longitude, 'E', 'W')}`],
    ['Clusters', `K = ${info.clusters}`],
    ['Engine', info.engine],
    ['Seed', info.config.seed],
    [
      'Run',
      `${info.started.slice(0, 16).replace('T', ' ')} UTC${total === undefined ? '' : `, took ${duration(total)}`}`,
    ],
  ].filter((entry) => entry !== false) as [string, Content][];
  return html`<dl class="facts">
    ${entries.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function minMax(values: Float64Array): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}

function sizes(
  { labels, softAssignment, clusters }: ClusteringResult,
  maps: Composites,
  time: TimeAxis,
): Markup {
  const colours = clusterColours(clusters);
  const stays = spells(labels, time);
  const largest = Math.max(...maps.sizes);
  const rows = Array.from(maps.sizes, (size, k) => {
    const lengths = stays.filter(({ label }) => label === k).map(({ start, end }) => end - start);
    let confidence = 0;
    labels.forEach((label, t) => (confidence += label === k ? softAssignment[t * clusters + k] / size : 0));
    const chip = html`<span class="chip" style="background:${colours[k]};color:${inkOn(colours[k])}"
      >${k}</span
    >`;
    if (size === 0)
      return html`<tr>
        <td>${chip}</td>
        <td class="number">0</td>
        <td colspan="5" class="quiet">empty</td>
      </tr>`;
    return html`<tr>
      <td>${chip}</td>
      <td class="number">${size}</td>
      <td class="number">${((100 * size) / labels.length).toFixed(1)} %</td>
      <td style="width:30%">
        <span
          class="share"
          style="width:${((100 * size) / largest).toFixed(1)}%;background:${colours[k]}"
        ></span>
      </td>
      <td class="number">${lengths.length}</td>
      <td class="number">${(size / lengths.length).toFixed(1)}</td>
      <td class="number">${Math.max(...lengths)}</td>
      <td class="number">${confidence.toFixed(2)}</td>
    </tr>`;
  });
  return html`<table>
      <thead>
        <tr>
          <th>Cluster</th>
          <th class="number">Steps</th>
          <th class="number">Share</th>
          <th></th>
          <th class="number">Spells</th>
          <th class="number">Mean length</th>
          <th class="number">Longest</th>
          <th class="number">Mean probability</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
    <p class="quiet">
      A spell is an uninterrupted stay in a cluster; lengths are in time steps, and gaps in time end a spell.
      The probability is that of the assigned cluster.
    </p>`;
}

const meanings: Readonly<Record<keyof Metrics, readonly [string, 'higher' | 'lower', string]>> = {
  silhouetteCosine: [
    'Silhouette (cosine)',
    'higher',
    'How much closer in direction a step is to its own cluster than to the next one, from −1 to 1; the form that is published.',
  ],
  silhouetteEuclidean: ['Silhouette (Euclidean)', 'higher', 'The same with straight distances.'],
  daviesBouldin: [
    'Davies–Bouldin',
    'lower',
    'Spread of two clusters relative to the distance of their centres, for the worst partner of each cluster.',
  ],
  calinskiHarabasz: ['Calinski–Harabasz', 'higher', 'Variance between clusters over variance within them.'],
  rmse: ['RMSE', 'lower', 'Root mean squared distance of a step to the centre of its cluster.'],
  variance: [
    'Variance',
    'lower',
    'Variance of all scaled values within a cluster, averaged over the clusters by size.',
  ],
  interClusterDistance: [
    'I-CD',
    'higher',
    'Distance to the nearest step of another cluster, or the cluster’s own diameter if smaller, averaged over clusters.',
  ],
  centroidDistance: [
    'Centroid distance',
    'higher',
    'Distance of a cluster’s centre to the nearest other one, averaged over clusters.',
  ],
};

function metricsTable({ metrics, spectralMetrics }: ClusteringResult): Markup {
  const ours = toJsonMetrics(metrics);
  const spectral = spectralMetrics && toJsonMetrics(spectralMetrics);
  const cell = (value: number | null) =>
    html`<td class="number">${value === null ? 'undefined' : short(value, 4)}</td>`;
  return html`<table>
      <thead>
        <tr>
          <th>Metric</th>
          <th class="number">Value</th>
          ${spectral && html`<th class="number">Spectral labels</th>`}
          <th>Better</th>
          <th>Meaning</th>
        </tr>
      </thead>
      <tbody>
        ${(Object.keys(meanings) as (keyof Metrics)[]).map((key) => {
          const [name, better, meaning] = meanings[key];
          return html`<tr>
            <td class="name">${name}</td>
            ${cell(ours[key])}${spectral && cell(spectral[key])}
            <td class="name">${better === 'higher' ? '↑ higher' : '↓ lower'}</td>
            <td class="meaning">${meaning}</td>
          </tr>`;
        })}
      </tbody>
    </table>
    ${spectral && html`<p class="quiet">Spectral labels: spectral clustering of the self-expression |C| + |Cᵀ|, the second labelling in result.nc.</p>`}`;
}

function settings({ config }: RunInfo): Markup {
  const { hyperParameters: values, ...rest } = config;
  const isChanged = (key: HyperParameterKey) => values[key] !== hyperParameters[key].default;
  const row = (key: HyperParameterKey) =>
    html`<tr class="${isChanged(key) ? 'changed' : ''}">
      <td><code>${key}</code></td>
      <td class="number">${String(values[key])}</td>
      <td class="meaning">${hyperParameters[key].description}</td>
    </tr>`;
  const selection = Object.entries(rest).filter(
    ([key, value]) =>
      value !== undefined && !['files', 'hyperParameters'].includes(key) && JSON.stringify(value) !== '{}',
  );
  const changed = hyperParameterKeys.filter(isChanged);
  return html`<table class="settings">
      <tbody>
        ${selection.map(
          ([key, value]) =>
            html`<tr>
              <td><code>${key}</code></td>
              <td class="break">${typeof value === 'string' ? value : JSON.stringify(value)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p>
      ${changed.length === 0 ? 'All hyper-parameters have their defaults.' : 'Hyper-parameters that differ from their defaults:'}
    </p>
    ${
      changed.length > 0 &&
      html`<table>
        <tbody>
          ${changed.map(row)}
        </tbody>
      </table>`
    }
    <details>
      <summary>All hyper-parameters</summary>
      <table>
        <tbody>
          ${hyperParameterKeys.map(row)}
        </tbody>
      </table>
    </details>`;
}

function provenance({ fields, missing, notes }: Frames, info: RunInfo): Markup {
  const { versions, machine, timings } = info;
  const rows: [string, Content][] = [
    ...info.inputs.map((input): [string, Content] => [
      'Input',
      html`<code>${input.path}</code><br /><span class="quiet"
          >${(input.bytes / 1e6).toFixed(2)} MB, changed ${input.modified.slice(0, 10)}, SHA-256
          <code>${input.sha256}</code></span
        >`,
    ]),
    [
      'Missing values',
      fields.map(({ name }, c) => `${name}: ${(100 * missing.share[c]).toFixed(2)} %`).join(', '),
    ],
    [
      'Versions',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    [
      'Machine',
      `${machine.cpu}, ${machine.cores} cores, ${(machine.memoryMiB / 1024).toFixed(1)} GiB, ${machine.platform} ${machine.architecture}`,
    ],
    [
      'Time spent',
      Object.entries(timings)
        .map(([phase, seconds]) => `${phase} ${duration(seconds)}`)
        .join(', '),
    ],
    [
      'Method',
      'Attention-Guided Deep Generative Temporal Subspace Clustering for Multivariate Spatiotemporal Data (A-DATSC)',
    ],
    ['Coastlines', 'Natural Earth, 1:50 million, public domain'],
  ];
  return html`<table>
      <tbody>
        ${rows.map(
          ([name, value]) =>
            html`<tr>
              <th>${name}</th>
              <td class="break">${value}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${
      notes.length > 0 &&
      html`<p>What was noticed while reading:</p>
        <ul class="notes">
          ${notes.map((note) => html`<li>${note}</li>`)}
        </ul>`
    }`;
}
