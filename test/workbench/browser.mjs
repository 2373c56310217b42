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
  const { TMPDIR, LD_LIBRARY_PATH, FONTCONFIG_PATH, AWS_LAMBDA_JS_RUNTIME } = process.env;
  Object.assign(process.env, { TMPDIR: folder, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' });
  let env;
  let executablePath;
  try {
    const { default: bundled } = await import('@sparticuz/chromium');
    executablePath = await bundled.executablePath();
    env = { ...process.env };
  } finally {
    for (const [name, value] of Object.entries({
      TMPDIR,
      LD_LIBRARY_PATH,
      FONTCONFIG_PATH,
      AWS_LAMBDA_JS_RUNTIME,
    })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
  return { executablePath, env: { ...env, TMPDIR: os.tmpdir() } };
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
