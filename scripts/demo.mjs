// `npm run demo`: builds, and clusters the sample with the command line, as a user would.
import { runNode } from './node.mjs';

const cluster = [
  'dist/cli.js',
  'cluster',
  'media/sample/ncep_r1_hornafrica_daily_2008.nc',
  '--clusters',
  '7',
  '--out',
  'demo-output',
];
process.exitCode =
  runNode(['esbuild.js', '--only=cli,trainer']) || runNode([...cluster, ...process.argv.slice(2)]);
