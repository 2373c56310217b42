/**
 * The UI tests: Playwright drives the workbench of a real VS Code, or the panels alone in a browser. Each file of tests
 * exports a list of them.
 */
import { clearResults, report } from '../workbench/results.mjs';
import { buildExtension } from '../workbench/workspace.mjs';

clearResults();
const results = { passed: 0, failed: 0, skipped: 0 };
try {
  if (!process.env.SKIP_BUILD) buildExtension();
  const wanted = process.argv.slice(2);
  const names = ['accessibility', 'cluster', 'choose', 'compare', 'panels', 'firstUse'].filter(
    (name) => wanted.length === 0 || wanted.includes(name),
  );
  const suites = await Promise.all(names.map((name) => import(`./${name}.mjs`)));
  for (const { title, steps, setUp } of suites) {
    console.log(title);
    const { context, tearDown } = await setUp();
    try {
      for (const [name, step] of steps) {
        const started = Date.now();
        try {
          await step(context);
          results.passed++;
          console.log(`  ok    ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
        } catch (error) {
          results.failed++;
          console.log(`  FAIL  ${name}\n${error?.stack ?? error}`);
          await context.workbench?.page.screenshot({ path: 'out-test/ui-failure.png' }).catch(() => {});
          // The steps of a suite build on each other.
          results.skipped += steps.length - 1 - steps.findIndex(([other]) => other === name);
          break;
        }
      }
    } finally {
      await tearDown();
    }
  }
} catch (error) {
  results.failed++;
  console.error(error);
}
report(results);
