import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';

/** A folder of this test file, and in it the bundled stand-in for the trainer; there until its tests have ended. */
export function bundledStandIn(name: string): { folder: string; entry: string } {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const folder = path.join(root, 'out-test', `${name}-${process.pid}`);
  const entry = path.join(folder, 'standIn.js');
  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    await build({
      entryPoints: [path.join(root, 'test/unit/trainer/standIn.ts')],
      outfile: entry,
      bundle: true,
      platform: 'node',
      format: 'cjs',
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, entry };
}
