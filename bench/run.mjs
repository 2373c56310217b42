// Bundles a TypeScript benchmark and runs it: node bench/run.mjs [engine | evaluation | quality | panels | reader | scale | published/check ...] [arguments]
import { buildSync } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [first, ...rest] = process.argv.slice(2);
const named = first !== undefined && !first.startsWith('-');
const name = named ? first : 'engine';
const outfile = join(here, '..', 'dist', 'bench', `${name}.js`);
buildSync({
  entryPoints: [join(here, `${name}.ts`)],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  mainFields: ['module', 'main'],
  external: ['onnxruntime-node', 'h5wasm', 'h5wasm/node', 'playwright-core', 'prettier'],
  sourcemap: 'inline',
  logLevel: 'warning',
});
const options = named || first === undefined ? rest : [first, ...rest];
const { status } = spawnSync(process.execPath, ['--enable-source-maps', outfile, ...options], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
