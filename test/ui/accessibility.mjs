/** The panels alone in a browser: axe in four themes, the keyboard, a narrow page, and nothing that moves while a run trains. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { launchBrowser } from '../workbench/browser.mjs';
import { panelOpener, themes } from '../workbench/panelPage.mjs';
import { repository } from '../workbench/server.mjs';

export const title = 'panels for everyone';

const PANELS = ['time', 'maps', 'metrics', 'affinity'];
/** Panels of no run; each has a story of its own name. */
const OTHERS = ['preview', 'comparison', 'choose'];
const ALL = [...PANELS, ...OTHERS];
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];

export async function setUp() {
  const browser = await launchBrowser();
  const errors = [];
  return { context: { open: panelOpener(browser, errors), errors }, tearDown: () => browser.close() };
}

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Calls `story` of the page (test/ui/story.ts), then waits until what it sends is drawn. */
async function tell(page, name, ...args) {
  await page.evaluate(
    async ([method, values]) => {
      globalThis.story[method](...values);
      // Messages, the answers to what they make the panel ask, and the frames in which it draws them.
      for (let i = 0; i < 4; i++) {
        await new Promise((resolve) => globalThis.setTimeout(resolve, 20));
        await new Promise((resolve) => globalThis.requestAnimationFrame(resolve));
      }
    },
    [name, args],
  );
}

/** A finished run, or a file, with everything open and something selected. */
async function showAll(page, panel) {
  if (OTHERS.includes(panel)) await tell(page, panel);
  else {
    await tell(page, 'finish');
    await tell(page, 'select', { step: 40, cluster: 2, period: [30, 60] });
  }
  await page.evaluate(() => {
    for (const details of globalThis.document.querySelectorAll('details')) details.open = true;
  });
  await tell(page, 'pause');
}

async function violations(page) {
  const found = await page.evaluate(
    (tags) => globalThis.axe.run(globalThis.document, { runOnly: tags, resultTypes: ['violations'] }),
    WCAG,
  );
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}\n  ${failureSummary}`),
  );
}

/** Pictures that neither have a text alternative nor are hidden from who cannot see them. */
function mutePictures() {
  return [...globalThis.document.querySelectorAll('svg, canvas')]
    .filter((picture) => !picture.parentElement.closest('svg') && !picture.closest('[aria-hidden="true"]'))
    .filter((picture) => picture.checkVisibility({ visibilityProperty: true }))
    .filter((picture) => picture.getAttribute('role') !== 'img' || !picture.getAttribute('aria-label'))
    .map((picture) => `no text alternative: ${picture.outerHTML.slice(0, 200)}`);
}

async function obeys(open, panel, theme) {
  const page = await open(panel, { theme });
  await page.evaluate(axe);
  const own = {
    preview: [['failPreview'], ['preview']],
    comparison: [
      ['comparison', { state: 'missing', message: 'It is gone.', figures: null }],
      ['comparison', { state: 'interrupted', hasFiles: false }],
      ['comparison', { state: 'running', hasFiles: false, figures: null }],
    ],
    choose: [
      ['choose', { stage: 'working', share: 0.4, choice: null }],
      ['choose', { stage: 'failed', reason: 'The disk is full.', choice: null }],
      ['choose', { stage: 'stopped', choice: null }],
    ],
  };
  const states = own[panel] ?? [
    ['run', { state: 'empty' }],
    ['run', { state: 'failed', message: 'The disk is full.' }],
    ['show', 8],
  ];
  const found = [];
  const look = async (state) => {
    const all = [...(await violations(page)), ...(await page.evaluate(mutePictures))];
    for (const violation of all) found.push(`${panel}, ${theme}, ${state}: ${violation}`);
  };
  for (const [method, ...args] of states) {
    await tell(page, method, ...args);
    await look(method === 'show' ? 'training' : (args[0]?.state ?? args[0]?.stage ?? method));
  }
  await showAll(page, panel);
  await look('everything open');
  await page.close();
  return found;
}

/** What has the focus: enough to know it again. Null where nothing has. */
function focused() {
  const element = globalThis.document.activeElement;
  if (!element || element === globalThis.document.body) return null;
  const { outlineStyle, outlineWidth, outlineColor } = globalThis.getComputedStyle(element);
  const row = element.closest('[data-row], [data-spell]');
  return {
    what: [
      element.localName,
      element.id,
      ...Object.values(element.dataset),
      ...Object.values(row?.dataset ?? {}),
      element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.title,
    ].join(' '),
    ring: outlineStyle === 'none' || parseFloat(outlineWidth) < 1 ? '' : outlineColor,
  };
}

/** Presses Tab until it leaves the page or the table of spells, which has a row for each, begins. */
async function tabStops(page) {
  const stops = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(focused);
    if (!stop || /\bspell\b|button .*\d+ \d+ $/.test(stop.what)) return stops;
    stops.push(stop);
    assert.ok(stops.length < 200, 'Tab does not come to an end.');
  }
}

const rgb = (page, variable) =>
  page.evaluate((name) => {
    const probe = globalThis.document.createElement('i');
    probe.style.color = `var(${name})`;
    globalThis.document.body.append(probe);
    const { color } = globalThis.getComputedStyle(probe);
    probe.remove();
    return color;
  }, variable);

async function keepsFocus(open, panel) {
  const page = await open(panel);
  for (const moment of [2, 6, 7]) await tell(page, 'show', moment);
  await tell(page, 'select', { cluster: 2, step: 40, period: [30, 60] });
  const count = (await tabStops(page)).length;
  for (let i = 0; i < count; i++) {
    await page.keyboard.press('Tab');
    const before = await page.evaluate(focused);
    await tell(page, 'show', 8 + (i % 2));
    assert.equal((await page.evaluate(focused))?.what, before.what, panel);
  }
  await page.close();
}

async function showsFocus(open, panel, theme) {
  const page = await open(panel, { theme });
  await showAll(page, panel);
  const ring = await rgb(page, '--vscode-focusBorder');
  const stops = await tabStops(page);
  assert.ok(stops.length >= 8, `${panel}: ${stops.length} stops`);
  for (const stop of stops) assert.equal(stop.ring, ring, `${panel}, ${theme}: ${stop.what}`);
  await page.close();
}

/** Sum of all layout shifts while a run goes through its training. */
async function shiftsOf(page) {
  await page.evaluate(() => {
    globalThis.shifts = [];
    new globalThis.PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries())
        globalThis.shifts.push({
          value,
          moved: sources.map(({ node }) => node?.id || node?.className || '?'),
        });
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const moments = await page.evaluate(() => globalThis.story.moments);
  for (let moment = 0; moment < moments; moment++) await tell(page, 'show', moment);
  return page.evaluate(() => globalThis.shifts);
}

async function staysInPlace(open, panel, width) {
  const page = await open(panel, { viewport: { width, height: 900 } });
  const shifts = await shiftsOf(page);
  const sum = shifts.reduce((total, { value }) => total + value, 0);
  // A word that changes in its own line counts a little; Web Vitals call 0.1 good.
  assert.ok(sum < 0.015, `${panel}, ${width} px: ${JSON.stringify(shifts)}`);
  await page.close();
}

async function fits(open, panel, size) {
  const page = await open(panel, size);
  await showAll(page, panel);
  const [wide, room] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = globalThis.document.documentElement;
    return [scrollWidth, clientWidth];
  });
  assert.ok(wide <= room, `${panel}: ${wide} of ${room} px`);
  await page.close();
}

const conforming = ALL.map((panel) => [
  `axe finds nothing in the ${panel} panel: empty, failed, training and with everything open, in each theme`,
  async ({ open }) => {
    const found = await Promise.all(Object.keys(themes).map((theme) => obeys(open, panel, theme)));
    assert.deepEqual(found.flat(), []);
  },
]);

export const steps = [
  [
    'the themes of the test have every colour that the panels use',
    () => {
      const known = new Set(Object.keys(themes['Dark Modern'].variables));
      for (const panel of ALL) {
        for (const type of ['css', 'js']) {
          const text = fs.readFileSync(path.join(repository, 'dist', 'webview', `${panel}.${type}`), 'utf8');
          for (const [name] of text.matchAll(/--vscode-[a-zA-Z-]+[a-zA-Z]/g))
            assert.ok(known.has(name), `test/fixtures/themes.json lacks ${name}, used by ${panel}.${type}`);
        }
      }
    },
  ],
  ...conforming,
  [
    'each stop of the Tab key shows the ring of the theme',
    async ({ open }) => {
      for (const theme of ['Dark Modern', 'Light High Contrast'])
        await Promise.all(ALL.map((panel) => showsFocus(open, panel, theme)));
    },
  ],
  [
    'what has the focus keeps it while a run trains',
    ({ open }) => Promise.all(PANELS.map((panel) => keepsFocus(open, panel))),
  ],
  [
    'focus is not lost with a button that goes',
    async ({ open }) => {
      const page = await open('time');
      for (const moment of [2, 7]) await tell(page, 'show', moment);
      await page.getByRole('button', { name: 'Cancel' }).focus();
      await tell(page, 'run', { state: 'cancelling' });
      assert.match((await page.evaluate(focused)).what, /Actions/);
      await page.keyboard.press('Tab');
      assert.match((await page.evaluate(focused)).what, /revealFiles/);
      await tell(page, 'finish');
      await tell(page, 'select', { period: [30, 60] });
      for (const name of ['Zoom to Period', 'Show All', 'Clear']) {
        await page.getByRole('button', { name }).focus();
        await page.keyboard.press('Enter');
        await tell(page, 'pause');
        assert.match((await page.evaluate(focused)).what, /Time ribbon/, name);
      }
      await page.close();
    },
  ],
  [
    'nor with those of the choose panel, which has others in each stage',
    async ({ open }) => {
      const page = await open('choose');
      const has = async (name) => assert.match((await page.evaluate(focused)).what, name);
      await tell(page, 'choose', { stage: 'working', share: 0, choice: null });
      await page.getByRole('button', { name: 'Cancel' }).focus();
      await tell(page, 'choose', { stage: 'working', share: 0.4, choice: null });
      await has(/cancel/);
      await tell(page, 'choose', { stage: 'stopped', choice: null });
      await has(/again/);
      await tell(page, 'choose', { stage: 'working', share: 0, choice: null });
      await has(/cancel/);
      await tell(page, 'choose');
      await has(/^select clusters/);
      await page.getByRole('button', { name: 'Make K = 3 the default' }).focus();
      await tell(page, 'choose', { setting: 3 });
      await has(/^select clusters/);
      await page.close();
    },
  ],
  [
    'the ribbon is walked with arrow keys, and Escape takes the selection back in every panel',
    async ({ open }) => {
      for (const panel of PANELS.filter((name) => name !== 'metrics')) {
        const page = await open(panel);
        await tell(page, 'finish');
        const picture = page.locator('[tabindex="0"]').first();
        await picture.focus();
        if (panel === 'time') {
          await page.keyboard.press('Home');
          await page.keyboard.press('ArrowRight');
          assert.match(await picture.getAttribute('aria-valuetext'), /^2 Jan 2008: cluster \d/);
        }
        await tell(page, 'select', { step: 3, cluster: 1 });
        await page.keyboard.press('Escape');
        await tell(page, 'pause');
        assert.deepEqual(await page.evaluate(() => globalThis.story.selection()), {
          step: null,
          period: null,
          cluster: null,
          field: null,
        });
        await page.close();
      }
    },
  ],
  [
    'nothing moves while a run trains, ends and warns, on a wide page and on a narrow one',
    async ({ open }) => {
      for (const width of [1000, 400])
        await Promise.all(PANELS.map((panel) => staysInPlace(open, panel, width)));
    },
  ],
  [
    'a page of 400 pixels, or one at 200 %, does not scroll sideways',
    async ({ open }) => {
      const narrow = { viewport: { width: 400, height: 800 } };
      const enlarged = { viewport: { width: 500, height: 400 }, deviceScaleFactor: 2 };
      for (const size of [narrow, enlarged]) await Promise.all(ALL.map((panel) => fits(open, panel, size)));
    },
  ],
  ['no page had an error', ({ errors }) => assert.deepEqual(errors, [])],
];
