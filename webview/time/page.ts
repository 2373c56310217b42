import { KEY_WIDTH, drawOpacityKey } from './ribbon';

/** The parts of the panel, before there is anything in them. */
export const PAGE = `
  <header id="header"></header>
  <p id="spoken" class="visually-hidden" role="status"></p>
  <div id="progress"><progress max="1" aria-label="Progress of the training"></progress><span></span></div>
  <div id="actions" class="toolbar">
    <div role="group" aria-label="Actions"></div>
    <nav aria-label="Panels of this run"></nav>
  </div>
  <div id="empty" class="empty-state" hidden></div>
  <section id="ribbon-section" aria-labelledby="ribbon-title">
    <div class="head"><h2 id="ribbon-title">When each cluster occurs</h2></div>
    <div class="toolbar">
      <div class="choice" role="group" aria-label="Layout">
        <button data-layout="years">By year</button><button data-layout="continuous">Continuous</button>
      </div>
      <label id="memberships"><input type="checkbox" checked> Memberships</label>
      <ul class="legend" aria-label="Clusters"></ul>
      <span class="key">guess <svg width="${KEY_WIDTH}" height="12" aria-hidden="true">${drawOpacityKey()}</svg> certain</span>
    </div>
    <div id="ribbon"></div>
    <div id="selection"><span role="status"></span>
      <button data-view="zoom" hidden>Zoom to Period</button><button data-view="all" hidden>Show All</button>
      <button data-view="clear" hidden>Clear</button>
    </div>
  </section>
  <section id="clusters-section" aria-labelledby="clusters-title">
    <div class="head"><h2 id="clusters-title">How often, how long, how sure</h2></div>
    <div id="clusters" class="wide"></div>
  </section>
  <div class="columns">
    <section id="transitions-section" aria-labelledby="transitions-title">
      <div class="head"><h2 id="transitions-title">What follows</h2></div>
      <div class="toolbar"><label>Cells
        <select id="transition-unit">
          <option value="exits">share of changes</option>
          <option value="probability">probability per step</option>
          <option value="count">counts</option>
        </select></label></div>
      <div id="transitions" class="wide"></div>
      <p class="note"></p>
    </section>
    <section id="months-section" aria-labelledby="months-title">
      <div class="head"><h2 id="months-title">Frequency by month</h2></div>
      <div id="months" class="chart-box"></div>
      <p class="note"></p>
      <details data-details="months"><summary>Table of the months</summary><div class="scroll"></div></details>
    </section>
  </div>
  <section id="years-section" aria-labelledby="years-title" hidden>
    <div class="head"><h2 id="years-title">Frequency by year</h2></div>
    <div id="years" class="chart-box"></div>
    <p class="note"></p>
    <details data-details="years"><summary>Table of the years</summary><div class="scroll"></div></details>
  </section>
  <section id="spells-section" aria-labelledby="spells-title">
    <div class="head"><h2 id="spells-title">Spells</h2></div>
    <details data-details="spells"><summary></summary><div id="spells"></div></details>
  </section>`;
