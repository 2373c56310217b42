import { basename } from 'node:path';
import type { Frames } from '../data/frames';
import { composites } from './composites';
import { clusterTable } from './report/clusterTable';
import { facts } from './report/facts';
import { html, raw } from './report/html';
import { lossCharts, phases } from './report/lossCharts';
import { aboutMaps, compositeMaps } from './report/maps';
import { metricsTable } from './report/metricsTable';
import { provenance } from './report/provenance';
import { ribbon } from './report/ribbon';
import { seasons } from './report/seasons';
import { settings } from './report/settings';
import { reportStyle } from './report/style';
import { list, span, titles } from './report/words';
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
          ${clusterTable(result, maps, frames.time)}
          <h2>What they look like</h2>
          ${aboutMaps()} ${compositeMaps(frames, maps)}
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
