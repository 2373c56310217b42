import { basename } from 'node:path';
import type { Frames } from '../data/frames';
import type { Composites } from './composites';
import { affinityPicture } from './report/affinity';
import { clusterTable, legend } from './report/clusterTable';
import { lossCharts, metricCharts, phaseList } from './report/epochCharts';
import { facts } from './report/facts';
import type { Markup } from './report/html';
import { html, raw } from './report/html';
import { aboutMaps, compositeMaps } from './report/maps';
import { memberships } from './report/memberships';
import { metricsTable } from './report/metricsTable';
import { provenance } from './report/provenance';
import { ribbon } from './report/ribbon';
import { embeddingScatter } from './report/scatter';
import { seasons } from './report/seasons';
import { settings } from './report/settings';
import { reportStyle } from './report/style';
import { transitionTable } from './report/transitions';
import { list, span, titles } from './report/words';
import type { ClusteringResult } from './result';
import type { RunInfo } from './runJson';

/**
 * report.html: one self-contained page (no scripts, nothing loaded) for reading, printing and keeping. Everything that
 * comes from files and settings is escaped. `info` should have its final timings; `maps` are made when not given.
 */
export function renderReport(
  frames: Frames,
  result: ClusteringResult,
  info: RunInfo,
  maps: Composites,
): string {
  const { labels, clusters, history } = result;
  const files = info.config.files.map((file) => basename(file));
  const title = `Regimes of ${list(titles(frames.fields))}`;
  const month = seasons(frames.time.iso, labels, clusters);
  const losses = lossCharts(history);
  const metrics = metricCharts(history);
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
          ${warnings(info)} ${facts(frames, info)}
          <h2>When the clusters occur</h2>
          <p>The cluster of every time step, and the probabilities behind it.</p>
          ${legend(clusters)} ${ribbon(frames.time, labels, clusters)}
          ${memberships(frames.time, result.softAssignment, clusters)}
          ${
            month &&
            html`<figure>
              <figcaption>Share of each cluster in each month</figcaption>
              ${month}
            </figure>`
          }
          <h2>Clusters</h2>
          ${clusterTable(result, maps, frames.time)} ${transitionTable(labels, frames.time, clusters)}
          <h2>What they look like</h2>
          ${aboutMaps()} ${compositeMaps(frames, maps)}
          <h2>How the time steps relate</h2>
          <p>
            Clusters that hold together are dark squares along the diagonal of the affinity, and clouds of
            their own in the embedding.
          </p>
          <div class="pair">
            ${result.selfExpression && affinityPicture(result.selfExpression, labels, clusters)}
            ${embeddingScatter(result)}
          </div>
          ${!result.selfExpression && html`<p class="quiet">${info.config.hyperParameters['model.selfExpression'] ? 'The series is too long for its self-expression to be kept' : 'The model has no self-expression ("model.selfExpression" is off)'}, so there is no affinity to show.</p>`}
          <h2>Metrics</h2>
          <p>Computed on the scaled data, never on the embedding, so that methods can be compared.</p>
          ${metricsTable(result)}
          ${
            losses.length + metrics.length > 0 &&
            html`<h2>Training</h2>
              <p>Phases: ${phaseList(history)}. Every second phase is shaded.</p>
              ${
                metrics.length > 0 &&
                html`<h3>Metrics of the labels by epoch</h3>
                  <div class="charts">${metrics}</div>`
              }
              ${
                losses.length > 0 &&
                html`<h3>Losses by epoch</h3>
                  <div class="charts">${losses}</div>`
              }`
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

function warnings({ warnings: texts = [] }: RunInfo): Markup | false {
  return (
    texts.length > 0 &&
    html`<section class="warnings">
      <h2>${texts.length === 1 ? 'Warning' : 'Warnings'}</h2>
      <ul>
        ${texts.map((text) => html`<li>${text}</li>`)}
      </ul>
    </section>`
  );
}
