/**
 * What a user waits for in the panels, in Chromium with the bundles that are shipped: from the first byte of the page to the
 * first picture, and frames a second while a map of a million cells is dragged with the mouse.
 *
 *     npm run bench panels [-- --panel=maps] [--rounds=5] [--scale=1] [--only=paint|pan]
 *     npm run bench panels -- --panel=metrics --messages=FILE.json --ready=SELECTOR
 *
 * VS Code's API is replaced by a stand-in that sends a run, its time steps and what the panel asks for, or the messages of
 * a file: a list of messages to the panel, where {"$f32": [...]}, {"$f64": [...]}, {"$i32": [...]} and {"$u8": [...]} are
 * typed arrays. `--ready` is what must be on the page before it counts as painted.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { type StandInCase, standIn } from './panelStandIn';

const option = (name: string) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
const rounds = Number(option('rounds') ?? 5);
const scale = Number(option('scale') ?? 1);
const root = join(__dirname, '..', '..');
const built = join(root, 'dist', 'bench', 'panels');

const PANELS = ['time', 'maps', 'metrics', 'affinity'];
const CASES: Readonly<Record<string, StandInCase>> = {
  'sample: 366 steps, 10 x 12 cells, K = 7': { steps: 366, height: 10, width: 12, clusters: 7, fields: 4 },
  '4,018 steps, 61 x 65 cells, K = 12': { steps: 4018, height: 61, width: 65, clusters: 12, fields: 2 },
  '4,018 steps, 721 x 1,440 cells, K = 7': { steps: 4018, height: 721, width: 1440, clusters: 7, fields: 1 },
};
const GLOBAL: StandInCase = { steps: 366, height: 721, width: 1440, clusters: 1, fields: 1 };

/** What must be there: a canvas with colour in it, or a part of an SVG that can be seen. */
const READY: Readonly<Record<string, string>> = { maps: '.map canvas' };
const ANY_PICTURE = 'main svg *, main canvas';

function build(panel: string): void {
  const { status } = spawnSync(
    process.execPath,
    ['esbuild.js', '--production', `--only=webview/${panel}`, `--outdir=${join(built, panel)}`],
    { cwd: root, stdio: 'inherit' },
  );
  if (status !== 0) throw new Error(`webview/${panel} cannot be built.`);
}

/** A page as the host writes it, with a stand-in for VS Code. */
function pageFile(panel: string, script: string): string {
  const file = join(built, panel, 'page.html');
  const theme =
    '--vscode-foreground:#ccc;--vscode-editor-background:#1f1f1f;--vscode-font-size:13px;--vscode-font-family:sans-serif';
  writeFileSync(
    file,
    `<!doctype html><html style="${theme}"><head><meta charset="utf-8"><link rel="stylesheet" href="webview/${panel}.css"></head>` +
      `<body class="vscode-dark"><main></main><script>${script}</script><script src="webview/${panel}.js"></script></body></html>`,
  );
  return `file://${file}`;
}

async function open(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1200, height: 900 },
    deviceScaleFactor: scale,
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`  in the page: ${error.message}`));
  await page.goto(url);
  return page;
}

/** Milliseconds from the start of the navigation to the end of the frame with the first picture. */
async function firstPaint(browser: Browser, url: string, ready: string): Promise<number> {
  const page = await open(browser, url);
  const time = await page.evaluate(
    (selector) =>
      new Promise<number>((resolve, reject) => {
        const seen = (element: Element) => {
          if (element instanceof HTMLCanvasElement) {
            const { width, height } = element;
            if (element.getClientRects().length === 0 || width === 0) return false;
            const copy = new OffscreenCanvas(16, 16);
            const context = copy.getContext('2d')!;
            context.drawImage(element, 0, 0, width, height, 0, 0, 16, 16);
            return context.getImageData(0, 0, 16, 16).data.some((value) => value > 0);
          }
          const { width, height } = element.getBoundingClientRect();
          return width > 0 || height > 0;
        };
        const look = () => {
          if (performance.now() > 20_000) return reject(new Error('nothing was painted within 20 s'));
          if (![...document.querySelectorAll(selector)].some(seen)) return requestAnimationFrame(look);
          // A message that is sent in a frame arrives after the frame has been painted.
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now());
          port2.postMessage(null);
        };
        look();
      }),
    ready,
  );
  await page.context().close();
  return time;
}

/** Intervals between frames, in milliseconds, while the map is dragged for two seconds. */
async function panning(browser: Browser, url: string): Promise<number[]> {
  const page = await open(browser, url);
  const map = page.locator('.map').first();
  await map.waitFor();
  await page.waitForTimeout(800);
  const { x, y, width, height } = (await map.boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.evaluate(() => {
    const frames: number[] = [];
    Object.assign(window, { frames });
    const next = (time: number) => {
      frames.push(time);
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  const began = Date.now();
  for (let i = 0; Date.now() - began < 2000; i++) {
    const angle = i / 20;
    await page.mouse.move(
      x + width / 2 + (width / 3) * Math.sin(angle),
      y + height / 2 + (height / 4) * Math.sin(2 * angle),
    );
  }
  const frames = await page.evaluate(() => (window as unknown as { frames: number[] }).frames);
  await page.mouse.up();
  await page.context().close();
  return frames.slice(1).map((time, i) => time - frames[i]);
}

const quantile = (values: readonly number[], share: number) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
};
const text = (value: number, digits = 0) => value.toFixed(digits);

async function main(): Promise<void> {
  const panels = option('panel')?.split(',') ?? PANELS;
  const executablePath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    console.log(
      `${browser.browserType().name()} ${browser.version()}, headless, ${scale} device pixels a pixel\n`,
    );
    for (const panel of panels) build(panel);
    if (option('only') !== 'pan') await paints(browser, panels);
    if (option('only') !== 'paint' && panels.includes('maps')) await pans(browser);
  } finally {
    await browser.close();
  }
}

async function paints(browser: Browser, panels: readonly string[]): Promise<void> {
  console.log('| First paint | case | median ms | slowest ms |\n| --- | --- | --- | --- |');
  const file = option('messages');
  const cases: [string, string][] = file
    ? [[file, standIn({ messages: readFileSync(file, 'utf8') })]]
    : Object.entries(CASES).map(([name, data]) => [name, standIn({ data })]);
  for (const panel of panels) {
    for (const [name, script] of cases) {
      const url = pageFile(panel, script);
      const times: number[] = [];
      for (let round = 0; round < rounds; round++)
        times.push(await firstPaint(browser, url, option('ready') ?? READY[panel] ?? ANY_PICTURE));
      console.log(`| ${panel} | ${name} | ${text(quantile(times, 0.5))} | ${text(Math.max(...times))} |`);
    }
  }
}

async function pans(browser: Browser): Promise<void> {
  console.log(
    '\n| Panning 721 x 1,440 cells | maps | frames a second | median ms | 95% ms | longest ms |\n| --- | --- | --- | --- | --- | --- |',
  );
  for (const projection of ['equirectangular', 'naturalEarth', 'orthographic']) {
    for (const clusters of [1, 7]) {
      const view = { projection, show: 'anomaly', stipple: false };
      const url = pageFile('maps', standIn({ data: { ...GLOBAL, clusters }, view }));
      const frames = await panning(browser, url);
      const total = frames.reduce((sum, value) => sum + value, 0);
      console.log(
        `| ${projection} | ${clusters} | ${text((1000 * frames.length) / total)} | ${[0.5, 0.95, 1]
          .map((share) => text(quantile(frames, share), 1))
          .join(' | ')} |`,
      );
    }
  }
}

void main();
