/** A panel alone in a browser: its bundle as it is shipped, on a page as the host writes it, in the colours of a theme. */
import { buildSync } from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import { repository } from './server.mjs';

/**
 * What VS Code gives a webview in each theme (variables, class of the body), read out of one; null where the theme has no
 * such colour. Only the variables that the panels use.
 */
export const themes = JSON.parse(fs.readFileSync(path.join(repository, 'test/fixtures/themes.json'), 'utf8'));

const ORIGIN = 'http://panel.test';
const POLICY = `default-src 'none'; script-src ${ORIGIN}; style-src ${ORIGIN}; img-src ${ORIGIN} data:`;

/** The sheet that VS Code adds: the part that can be seen. */
const VSCODE_SHEET = `@layer vscode-default {
  body { color: var(--vscode-editor-foreground); font-family: var(--vscode-font-family); font-size: var(--vscode-font-size);
    margin: 0; padding: 0 20px; }
  input:focus, select:focus, textarea:focus { outline: 1px solid -webkit-focus-ring-color; outline-offset: -1px; }
  ::-webkit-scrollbar { width: 10px; height: 10px; }
}`;

const story = () =>
  buildSync({
    entryPoints: [path.join(repository, 'test/ui/story.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    logLevel: 'warning',
  }).outputFiles[0].text;

/** A function that opens panels in `browser`; errors of their pages go into `errors`. */
export function panelOpener(browser, errors) {
  const script = story();
  return async (panel, { theme = 'Dark Modern', ...options } = {}) => {
    const { body, kind, variables } = themes[theme];
    const style = Object.entries(variables)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => `${name}: ${value};`)
      .join('\n');
    const files = {
      '/vscode.css': ['text/css', `:root {\n${style}\n}\n${VSCODE_SHEET}`],
      '/story.js': ['text/javascript', script],
      [`/${panel}.css`]: ['text/css', bundle(`${panel}.css`)],
      [`/${panel}.js`]: ['text/javascript', bundle(`${panel}.js`)],
      '/': [
        'text/html',
        `<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8"><title>${panel}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="stylesheet" href="/vscode.css"><link rel="stylesheet" href="/${panel}.css"></head>
        <body class="${body}" data-vscode-theme-kind="${kind}"><main data-panel="${panel}"></main>
        <script src="/story.js"></script><script src="/${panel}.js"></script></body></html>`,
      ],
    };
    const page = await browser.newPage({ viewport: { width: 1000, height: 800 }, ...options });
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => errors.push(`${panel}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(`${panel}: ${message.text()}`);
    });
    await page.route(`${ORIGIN}/**`, (route) => {
      const found = files[new URL(route.request().url()).pathname];
      if (!found) return route.fulfill({ status: 404, body: '' });
      const headers = { 'Content-Security-Policy': POLICY };
      return route.fulfill({ contentType: `${found[0]}; charset=utf-8`, body: found[1], headers });
    });
    await page.goto(`${ORIGIN}/`);
    return page;
  };
}

const bundle = (name) => fs.readFileSync(path.join(repository, 'dist', 'webview', name), 'utf8');
