import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian's interpreter: the one that has scikit-learn, xarray and netCDF4. */
const interpreter = '/usr/bin/python3';

/** Why Debian's Python cannot serve as a reference here; undefined when it can. Goes into the title of skipped suites. */
export function missingPython(...modules: string[]): string | undefined {
  const probe = spawnSync(interpreter, ['-c', modules.map((name) => `import ${name}`).join('\n')]);
  if (probe.error) return `no ${interpreter}`;
  return probe.status === 0 ? undefined : `${interpreter} lacks one of ${modules.join(', ')}`;
}

/**
 * Runs `code` with every entry of `arrays` as a numpy array (flat) and every entry of `values` as a Python value under
 * its name; returns what the code leaves in `result`, through JSON.
 */
export function python<T>(
  code: string,
  arrays: Record<string, Float32Array | Float64Array | Int32Array> = {},
  values: Record<string, unknown> = {},
): T {
  const folder = mkdtempSync(join(tmpdir(), 'reference-'));
  try {
    const lines = [
      'import json, numpy as np',
      `values = json.loads(${JSON.stringify(JSON.stringify(values))})`,
      'globals().update(values)',
    ];
    for (const [name, array] of Object.entries(arrays)) {
      const file = join(folder, name);
      writeFileSync(file, new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      const type = array instanceof Float32Array ? 'f4' : array instanceof Float64Array ? 'f8' : 'i4';
      lines.push(`${name} = np.fromfile(${JSON.stringify(file)}, dtype='<${type}')`);
    }
    lines.push(code, 'print("\\n" + json.dumps(result))');
    const run = spawnSync(interpreter, ['-W', 'ignore', '-c', lines.join('\n')], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (run.status !== 0) throw new Error(run.stderr);
    return JSON.parse(run.stdout.trimEnd().split('\n').at(-1) as string) as T;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
