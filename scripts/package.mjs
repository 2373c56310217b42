// `npm run package`: the extension as a .vsix. ONNX Runtime brings libraries for every platform, 280 MB of them:
// `npm run package -- --target linux-x64` leaves out those of the others.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, runNode } from './node.mjs';

const args = process.argv.slice(2);
const at = args.indexOf('--target');
const target = at < 0 ? undefined : args[at + 1];

const ignoreFile = path.join(root, 'out-test', 'vscodeignore');
let ignored = readFileSync(path.join(root, '.vscodeignore'), 'utf8');
if (target) {
  const [platform, architecture] = target.split('-');
  const libraries = '!node_modules/onnxruntime-node/bin/';
  ignored = ignored.replace(`${libraries}**`, `${libraries}napi-v6/${platform}/${architecture}/**`);
}
mkdirSync(path.dirname(ignoreFile), { recursive: true });
writeFileSync(ignoreFile, ignored);

process.exitCode =
  runNode(['esbuild.js', '--production']) ||
  runNode([
    'node_modules/@vscode/vsce/vsce',
    'package',
    '--no-rewrite-relative-links',
    '--allow-missing-repository',
    '--ignoreFile',
    ignoreFile,
    ...args,
  ]);
