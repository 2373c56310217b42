// `npm run demo`: builds, and clusters the sample with the command line, as a user would.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

function node(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

node('esbuild.js', '--only=cli,trainer');
node(
  'dist/cli.js',
  'cluster',
  'media/sample/ncep_r1_hornafrica_daily_2008.nc',
  '--clusters',
  '7',
  '--out',
  'demo-output',
  ...process.argv.slice(2),
);
