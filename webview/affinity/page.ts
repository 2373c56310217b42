/** The page of the affinity panel, and its texts. */
import { element } from '../shared/markup';
import type { Order } from './affinityPicture';
import type { Method } from './scatter';

const choice = (name: string, label: string, options: readonly (readonly [string, string])[]): string =>
  element(
    'div',
    { class: 'choice', role: 'group', 'aria-label': label, 'data-choice': name },
    ...options.map(([value, text]) => element('button', { type: 'button', 'data-value': value }, text)),
  );

export const BODY = `
  <header id="strip"></header>
  <div id="clusters" role="group" aria-label="Select a cluster"></div>
  <div id="pictures">
    <section id="affinity" aria-labelledby="affinity-title">
      <div class="head"><h2 id="affinity-title">Which time steps express one another</h2></div>
      <div class="toolbar">${choice('order', 'Order of the time steps', [
        ['cluster', 'By cluster'],
        ['time', 'By time'],
      ])}<span class="status end"></span></div>
      <div class="stage">
        <div class="picture" tabindex="0" role="group" aria-label="Affinity matrix; arrow keys walk along time"></div>
        <div class="empty-state"><p></p></div>
      </div>
      <p class="readout" aria-live="polite"></p>
      <p class="numbers"></p>
      <p class="note"></p>
      <details><summary>Table of the affinity between clusters, as a multiple of that between any two steps</summary><div class="tools"></div><div class="scroll"></div></details>
    </section>
    <section id="embedding" aria-labelledby="embedding-title">
      <div class="head"><h2 id="embedding-title">Where the embedding puts them</h2></div>
      <div class="toolbar">${choice('method', 'Projection', [
        ['pca', 'PCA'],
        ['umap', 'UMAP'],
      ])}<label><input type="checkbox" id="through-time"> Line through time</label><span class="status end"></span></div>
      <div class="stage">
        <div class="picture" tabindex="0" role="group" aria-label="Embedding; arrow keys walk along time"></div>
        <div class="empty-state"><p></p></div>
      </div>
      <p class="readout" aria-live="polite"></p>
      <p class="note"></p>
      <details><summary>Table of the clusters in the embedding</summary><div class="tools"></div><div class="scroll"></div></details>
    </section>
  </div>`;

/** How to read each picture. */
export const HOW_TO_READ: Readonly<Record<Order | Method, string>> = {
  cluster:
    'The model writes each step as a sum of few others; the picture says how much each two use one another. Strong blocks along ' +
    'the diagonal: steps of a cluster are made of each other, as they should be. Strong elsewhere: clusters that share patterns.',
  time:
    'The model writes each step as a sum of few others; the picture says how much each two use one another. Close to the diagonal ' +
    'are neighbours in time; dots far from it are patterns that come back.',
  pca: 'A dot is a time step, fainter where its cluster is less certain. PCA shows true distances, as far as two directions can hold them.',
  umap:
    'A dot is a time step, fainter where its cluster is less certain. UMAP keeps neighbours together; how far apart distant ' +
    'groups are, and how large they look, means little.',
};
