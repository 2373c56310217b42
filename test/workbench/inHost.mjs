/** Runs a bundled mocha suite inside the extension host of a real VS Code. */
import { launchBrowser } from './browser.mjs';
import { startServer } from './server.mjs';

/** What the workbench always writes to its console without a network. */
const NOISE =
  /^(Resolv|Creating a socket|\[(reconnection|Service Worker|AgentHost|AccountPolicy)|Ignoring fetching|Updating additional|The web worker ext|Creation of workbench|Timed out waiting for authentication provider)/;

/**
 * As runTests of @vscode/test-electron: resolves with the exit code that the suite asked for. The extension host may
 * abort and still report 0, so the caller looks for the suite's own results.
 */
export async function runTests({
  extensionDevelopmentPath,
  extensionTestsPath,
  workspace,
  env,
  timeout = 900_000,
}) {
  const server = await startServer({ env });
  let browser;
  try {
    browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const exited = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No result after ${timeout / 1000} s.`)), timeout);
      timer.unref();
      server.process.once('exit', () => reject(new Error(`The server has ended.\n${server.log()}`)));
      page.once('crash', () => reject(new Error('The page of the workbench crashed.')));
      // The workbench calls these when it runs tests.
      void page.exposeFunction('codeAutomationExit', (code) => resolve(code));
    });
    exited.catch(() => {});
    await page.exposeFunction('codeAutomationLog', (_type, args) => {
      if (process.env.VERBOSE || !NOISE.test(String(args[0]))) console.log(...args);
    });
    await page.goto(
      server.url(workspace, [
        ['extensionDevelopmentPath', server.remote(extensionDevelopmentPath)],
        ['extensionTestsPath', server.remote(extensionTestsPath)],
      ]),
    );
    return await exited;
  } finally {
    await browser?.close();
    await server.stop();
  }
}
