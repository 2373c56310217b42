/** The page of the panel, and what of it changes with the state. Pure. */
import type { Certainty, ClusterChoice } from '../../src/core/choose/choice';
import type { ChooseState } from '../../src/protocol/choose';
import { element, escape } from '../shared/markup';

export const BODY = `
  <header>
    <h1>Number of clusters</h1>
    <p id="data" class="note"></p>
  </header>
  <section id="working" aria-label="Progress">
    <p><span id="doing" role="status"></span> <span id="percent"></span></p>
    <progress max="1" value="0" aria-labelledby="doing"></progress>
    <div class="toolbar"><button type="button" id="cancel">Cancel</button></div>
  </section>
  <section id="failure" hidden>
    <p class="message" role="alert"></p>
    <div class="toolbar">
      <button type="button" id="again" class="primary">Try Again</button>
      <button type="button" id="log">Show Log</button>
    </div>
  </section>
  <div id="chosen" hidden>
    <section id="verdict" aria-label="Recommendation">
      <div id="words"></div>
      <div class="toolbar">
        <label>K <select id="clusters"></select></label>
        <button type="button" class="primary" id="cluster"></button>
        <button type="button" id="default"></button>
        <span id="setting" class="note" role="status"></span>
      </div>
    </section>
    <section aria-labelledby="criteria-title">
      <div class="head"><h2 id="criteria-title">Four criteria</h2><div id="picture-tools"></div></div>
      <ul id="legend" class="legend" aria-label="Legend">
        <li><svg class="key" viewBox="0 0 22 12" aria-hidden="true"><line class="line" x1="0" x2="22" y1="6" y2="6"/></svg> the data, ± standard error</li>
        <li><svg class="key" viewBox="0 0 22 12" aria-hidden="true"><rect class="noise" width="22" height="12"/></svg> noise of the same persistence, 5% to 95%</li>
        <li><svg class="key" viewBox="0 0 22 12" aria-hidden="true"><rect class="vote-best" x="6" width="10" height="12"/></svg> share of the halves of the series that prefer K</li>
        <li><svg class="key" viewBox="0 0 22 12" aria-hidden="true"><line class="recommended" x1="0" x2="22" y1="6" y2="6"/></svg> recommended K</li>
      </ul>
      <div id="charts"></div>
      <ul id="sentences"></ul>
      <p id="reading" class="note"></p>
    </section>
    <details id="table">
      <summary>Values as a table</summary>
      <div id="copy-tools"></div>
      <div class="scroll" tabindex="0" role="region" aria-label="Values of all criteria"></div>
    </details>
  </div>`;

const badges: Readonly<Record<Certainty, string>> = {
  clear: 'clear',
  likely: 'likely',
  unclear: 'no clear number',
  none: 'no more than noise',
};

/** Files and fields, in a line. */
export function describeData({ files, data: { fields } }: Pick<ChooseState, 'files' | 'data'>): string {
  return fields.length > 0 ? `${files.join(', ')}: ${fields.join(', ')}` : files.join(', ');
}

/** The recommended K with how sure it is, and the sentence that says so. */
export function drawVerdict({ recommendation: { clusters, certainty, text } }: ClusterChoice): string {
  return (
    element(
      'p',
      { class: `k ${certainty}` },
      element('strong', {}, `K = ${clusters}`),
      ' ',
      element('span', { class: 'badge' }, escape(badges[certainty])),
    ) + element('p', { class: 'sentence' }, escape(text[0]))
  );
}

/** What each criterion says, and what to keep in mind. */
export function drawSentences({ recommendation: { text } }: ClusterChoice): string {
  return text
    .slice(1)
    .map((sentence) => element('li', {}, escape(sentence)))
    .join('');
}

/** How the charts are to be read. */
export function readingNote({ references, splits, block, seed }: ClusterChoice): string {
  return (
    `Noise: ${references} series with the spectrum of the data but random phases, so without regimes. ` +
    `Uncertainty: ${splits} random halvings of the series in blocks of ${block.length} time steps. ` +
    `A criterion has a vote where fewer than one in twenty series of noise looks as clustered as the data; half of it goes to what it prefers on all the data. Seed ${seed}.`
  );
}

/** Options of the list of K. */
export function drawOptions(most: number, recommended: number): string {
  return Array.from({ length: most - 1 }, (_, i) => i + 2)
    .map((k) =>
      element(
        'option',
        { value: String(k), selected: k === recommended },
        k === recommended ? `${k} (recommended)` : String(k),
      ),
    )
    .join('');
}
