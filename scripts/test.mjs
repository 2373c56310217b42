// `npm test`: the build, the checks and all suites; the last line printed sums them up as "N passed, N failed".
// `npm test -- unit host` runs only the named ones.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runNode } from './node.mjs';

const temporary = mkdtempSync(path.join(tmpdir(), 'climate-clustering-test-'));

/** A check passes or fails as a whole. */
const check =
  (...args) =>
  () =>
    runNode(args) === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };

/** A suite writes its numbers to a file. No file, or an exit code that the numbers do not explain, is a failure. */
const suite = (name, run, read) => () => {
  const file = path.join(temporary, `${name}.json`);
  const code = run(file);
  let results;
  try {
    results = read(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    console.error(`The suite "${name}" left no results: ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  if (results.passed + results.failed === 0 || (code !== 0 && results.failed === 0)) results.failed += 1;
  return results;
};

/** Vitest's report. A file that cannot be loaded has no tests in it, but has failed. */
function fromVitest(report) {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

const inVsCode = (name) =>
  suite(
    name,
    (file) => runNode([`test/${name}/run.mjs`], { RESULTS_FILE: file }),
    ({ passed, failed, skipped = 0 }) => ({ passed, failed, skipped }),
  );

const suites = {
  build: check('esbuild.js'),
  types: check('node_modules/typescript/bin/tsc', '-p', '.'),
  lint: check('node_modules/eslint/bin/eslint.js', '.', '--max-warnings', '0'),
  format: check('node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
  settings: check('scripts/settings.mjs', '--check'),
  unit: suite(
    'unit',
    (file) =>
      runNode([
        'node_modules/vitest/vitest.mjs',
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${file}`,
      ]),
    fromVitest,
  ),
  host: inVsCode('host'),
  ui: inVsCode('ui'),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(suites, name));
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(', ')}; there are ${Object.keys(suites).join(', ')}.`);
  process.exit(2);
}

const total = { passed: 0, failed: 0, skipped: 0 };
const table = [];
for (const [name, run] of Object.entries(suites)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n== ${name}`);
  const begun = Date.now();
  const results = run();
  for (const key of Object.keys(total)) total[key] += results[key];
  table.push({ suite: name, ...results, seconds: Math.round((Date.now() - begun) / 1000) });
}
rmSync(temporary, { recursive: true, force: true });

console.log('');
for (const { suite, passed, failed, skipped, seconds } of table) {
  console.log(
    `${suite.padEnd(10)}${String(passed).padStart(6)} passed${String(failed).padStart(5)} failed` +
      `${String(skipped).padStart(5)} skipped${String(seconds).padStart(6)} s`,
  );
}
process.exitCode = total.failed === 0 ? 0 : 1;
console.log(
  `${total.passed} passed, ${total.failed} failed` + (total.skipped > 0 ? `, ${total.skipped} skipped` : ''),
);
