// `npm run package`: the extension as a .vsix for one platform (the native libraries of ONNX Runtime are of all of
// them, but VS Code installs by platform): `npm run package -- --target darwin-arm64`.
import { runNode } from './node.mjs';

process.exitCode =
  runNode(['esbuild.js', '--production']) ||
  runNode(['node_modules/@vscode/vsce/vsce', 'package', ...process.argv.slice(2)]);
