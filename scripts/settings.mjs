// Writes the settings of the two tables (src/core/config.ts, src/protocol/hostSettings.ts) into package.json.
// With --check it only says whether package.json agrees, and fails when it does not.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = new URL('../', import.meta.url);

const bundle = await build({
  entryPoints: [fileURLToPath(new URL('scripts/settingsContribution.ts', root))],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const code = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
const { settingsContribution, restrictedSettings } = await import(`data:text/javascript;base64,${code}`);

const file = new URL('package.json', root);
const before = await readFile(file, 'utf8');
const manifest = JSON.parse(before);
manifest.contributes ??= {};
manifest.contributes.configuration = settingsContribution();
manifest.capabilities.untrustedWorkspaces.restrictedConfigurations = restrictedSettings();
const same = JSON.stringify(JSON.parse(before)) === JSON.stringify(manifest);

if (process.argv.includes('--check')) {
  if (!same) {
    console.error('package.json does not agree with the tables of settings. Run `npm run settings`.');
    process.exitCode = 1;
  }
} else if (same) {
  console.log('package.json is up to date.');
} else {
  await writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`);
  console.log('package.json updated.');
}
