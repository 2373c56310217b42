/** Finds a browser for Playwright: the one named in CHROMIUM, one of the system, or the one that an npm package carries. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const SYSTEM_BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Launch options for Playwright. CHROMIUM is a path, or "sparticuz" to use the bundled browser on purpose. */
export async function findBrowser(wanted = process.env.CHROMIUM) {
  const args = ['--no-sandbox'];
  if (wanted && wanted !== 'sparticuz') return { executablePath: wanted, args };
  const found = wanted ? undefined : SYSTEM_BROWSERS.find((file) => fs.existsSync(file));
  return found ? { executablePath: found, args } : { ...(await unpackBundledBrowser()), args };
}

/**
 * `@sparticuz/chromium` unpacks itself into the temporary folder. It takes its shared libraries (NSS and others) and
 * fonts along only where it believes to be in a cloud function, so it is told so: a fresh machine has none of them.
 */
async function unpackBundledBrowser() {
  const folder = path.join(os.tmpdir(), 'climate-clustering-browser');
  fs.mkdirSync(folder, { recursive: true });
  const before = { ...process.env };
  Object.assign(process.env, { TMPDIR: folder, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' });
  try {
    const { default: bundled } = await import('@sparticuz/chromium');
    const executablePath = await bundled.executablePath();
    const { LD_LIBRARY_PATH } = process.env;
    return { executablePath, env: { ...before, LD_LIBRARY_PATH, FONTCONFIG_FILE: writeFontsFile(folder) } };
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

/** Names the folders of fonts: that of the package, whose own file expects it elsewhere, and those of the system. */
function writeFontsFile(folder) {
  const file = path.join(folder, 'fonts.conf');
  const folders = [path.join(folder, 'fonts'), '/usr/share/fonts'];
  fs.writeFileSync(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders
      .map((one) => `<dir>${one}</dir>`)
      .join('')}<cachedir>${path.join(folder, 'font-cache')}</cachedir></fontconfig>`,
  );
  return file;
}

/** Debian's packages of the libraries that a bare system may lack. */
const DEBIAN_PACKAGES = { 'libnss3.so': 'libnss3', 'libnspr4.so': 'libnspr4', 'libexpat.so.1': 'libexpat1' };

/** Launches it headless. A missing system library is named together with the Debian package that has it. */
export async function launchBrowser() {
  const options = await findBrowser();
  try {
    return await chromium.launch(options);
  } catch (error) {
    const library = /error while loading shared libraries: (\S+?):/.exec(String(error))?.[1];
    if (!library) throw error;
    throw new Error(
      `${options.executablePath} needs ${library}, which this machine lacks. On Debian: apt-get install ` +
        (DEBIAN_PACKAGES[library] ?? 'chromium'),
      { cause: error },
    );
  }
}
