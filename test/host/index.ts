/** Entry point of the in-host tests, called by VS Code's extension host. */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** The suites define themselves with mocha's globals, which exist only once a Mocha has been set up. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 60_000, reporter: 'spec' });
  mocha.suite.emit('pre-require', globalThis, 'in-host', mocha);
  await import('./activation.test');
  await import('./settings.test');
  await import('./history.test');
  await import('./preview.test');
  await import('./devices.test');
  await import('./clusterFile.test');
  await import('./isolation.test');
  await import('./chooseClusters.test');
  await import('./compareMethods.test');
  // Some of them, while they are written.
  if (process.env['HOST_TEST_GREP']) mocha.grep(process.env['HOST_TEST_GREP']);
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('end', () => {
      const { passes, failures: failed, pending } = runner.stats!;
      const file = process.env['HOST_TEST_RESULTS'];
      if (file) writeFileSync(file, JSON.stringify({ passed: passes, failed, skipped: pending }));
    });
  });
  if (failures > 0) throw new Error(`${failures} tests failed`);
}
