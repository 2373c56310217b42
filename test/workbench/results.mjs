/** The numbers of a test run, as {passed, failed, skipped} in the file that RESULTS_FILE names. */
import fs from 'node:fs';

/** Prints and stores the numbers, and ends the process: with 1 if something failed or nothing ran. */
export function report(results) {
  const numbers = results ?? { passed: 0, failed: 1, skipped: 0 };
  const file = process.env.RESULTS_FILE;
  if (file) fs.writeFileSync(file, JSON.stringify(numbers));
  console.log(`${numbers.passed} passed, ${numbers.failed} failed, ${numbers.skipped} skipped`);
  process.exit(numbers.failed === 0 && numbers.passed > 0 ? 0 : 1);
}

/** A stale file must not be taken for the outcome of this run. */
export function clearResults() {
  if (process.env.RESULTS_FILE) fs.rmSync(process.env.RESULTS_FILE, { force: true });
}
