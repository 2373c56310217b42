// `npm run package`: the extension as a .vsix for this platform. The native library of ONNX Runtime is of one
// platform, so each platform has a package of its own: `npm run package -- --target darwin-arm64`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

function node(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

node('esbuild.js', '--production');
node('node_modules/@vscode/vsce/vsce', 'package', ...process.argv.slice(2));
