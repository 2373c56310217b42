import type { Frames } from '../../data/frames';
import type { RunInfo } from '../runJson';
import type { Content, Markup } from './html';
import { html } from './html';
import { duration } from './words';

/** Where the numbers come from: files, versions, machine, and what was noticed while reading. */
export function provenance({ fields, missing, notes }: Frames, info: RunInfo): Markup {
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
    ['Coasts, borders', 'Natural Earth, 1:50 million, public domain'],
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
