// Bundles the extension, the trainer, the reader, the trials of engines, the command line and one script per webview into dist/.
//   node esbuild.js [--watch] [--production] [--outdir=DIR] [--only=trainer,cli]
'use strict';
const esbuild = require('esbuild');
const fs = require('node:fs');
const path = require('node:path');

const root = __dirname;
const flag = (name) => process.argv.includes(`--${name}`);
const option = (name) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);

const watch = flag('watch');
const production = flag('production');
const outdir = path.resolve(root, option('outdir') ?? 'dist');
const only = option('only')?.split(',');

/** Task runners find the beginning and the end of a build, and its errors, by these lines. */
let running = 0;
const reporter = {
  name: 'reporter',
  setup(build) {
    build.onStart(() => {
      if (running++ === 0 && watch) console.log('[watch] build started');
    });
    build.onEnd(({ errors, warnings }) => {
      for (const [kind, messages] of Object.entries({ ERROR: errors, WARNING: warnings })) {
        for (const { text, location } of messages) {
          console.error(`✘ [${kind}] ${text}`);
          if (location) console.error(`    ${location.file}:${location.line}:${location.column + 1}:`);
        }
      }
      if (--running === 0 && watch) console.log('[watch] all builds finished');
    });
  },
};

/** Lets the command line be started by its name. */
const executable = {
  name: 'executable',
  setup(build) {
    build.onEnd(({ errors }) => {
      if (errors.length === 0) fs.chmodSync(build.initialOptions.outfile, 0o755);
    });
  },
};

const shared = {
  bundle: true,
  sourcemap: true,
  // The sources are beside the maps in a checkout and absent in the package; embedding them would double its size.
  sourcesContent: false,
  minify: production,
  // Errors are told apart by their class names, also in minified bundles.
  keepNames: true,
  logLevel: 'silent',
};

const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // TensorFlow.js as ES modules: unused ops are left out, and imports of its inner files meet the same copy.
  mainFields: ['module', 'main'],
  // onnxruntime-node loads native libraries and h5wasm a WebAssembly module from their own folders.
  external: ['vscode', 'onnxruntime-node', 'h5wasm', 'h5wasm/node'],
};

const webview = {
  ...shared,
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  loader: { '.ttf': 'dataurl', '.svg': 'text' },
};

/** A webview is a folder of webview/ with an index.ts. */
function webviews() {
  const folder = path.join(root, 'webview');
  return fs
    .readdirSync(folder)
    .filter((name) => fs.existsSync(path.join(folder, name, 'index.ts')))
    .map((name) => ({ name: `webview/${name}`, entry: `webview/${name}/index.ts`, ...webview }));
}

const bundles = [
  { name: 'extension', entry: 'src/extension.ts', ...node },
  { name: 'trainer', entry: 'src/trainer/main.ts', ...node },
  { name: 'reader', entry: 'src/reader/main.ts', ...node },
  { name: 'trial', entry: 'src/trial/main.ts', ...node },
  {
    name: 'cli',
    entry: 'src/cli/main.ts',
    ...node,
    banner: { js: '#!/usr/bin/env node' },
    plugins: [executable],
  },
  ...webviews(),
].filter(({ name }) => !only || only.includes(name));

async function main() {
  if (production) fs.rmSync(outdir, { recursive: true, force: true });
  const contexts = await Promise.all(
    bundles.map(({ name, entry, plugins = [], ...options }) =>
      esbuild.context({
        ...options,
        absWorkingDir: root,
        entryPoints: [entry],
        outfile: path.join(outdir, `${name}.js`),
        plugins: [...plugins, reporter],
      }),
    ),
  );
  if (watch) {
    await Promise.all(contexts.map((context) => context.watch()));
    return;
  }
  const outcomes = await Promise.allSettled(contexts.map((context) => context.rebuild()));
  await Promise.all(contexts.map((context) => context.dispose()));
  if (outcomes.some(({ status }) => status === 'rejected')) process.exitCode = 1;
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
