import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { version } from '../../../package.json';
import { hyperParameters } from '../../../src/core/config';
import { CommandLine, sample, sharedData } from './commandLine';

const cli = new CommandLine();
const temporary = mkdtempSync(path.join(tmpdir(), 'climate-clustering-'));
beforeAll(() => cli.build());
afterAll(() => {
  cli.remove();
  rmSync(temporary, { recursive: true, force: true });
});

/** A mistake of the user: one line `error: ...`, without a stack, and exit code 2. */
async function expectUserError(args: string[], message: string | RegExp): Promise<void> {
  const { code, stdout, stderr } = await cli.run(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^error: /);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/\n\s+at /);
}

describe('help', () => {
  it.each([
    [['--help'], 'Usage: climate-clustering'],
    [['help', 'cluster'], 'Usage: climate-clustering cluster'],
    [['info', '--help'], 'Usage: climate-clustering info'],
    [['cluster', '--help'], '--resume <directory>'],
    [['clusters', '--help'], '--most <K>'],
    [['compare', '--help'], '--methods'],
    [['evaluate', '--help'], '--labels'],
  ])('%j is printed to standard output', async (args, text) => {
    const { code, stdout, stderr } = await cli.run(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(text);
    expect(stdout).toContain('Examples:');
  });

  it('knows the version', async () => {
    expect((await cli.run(['--version'])).stdout).toBe(`${version}\n`);
  });

  it('is printed when no command is given, as a mistake', async () => {
    const { code, stderr } = await cli.run([]);
    expect(code).toBe(2);
    expect(stderr).toContain('Usage: climate-clustering');
  });
});

describe('settings', () => {
  it('lists every hyper-parameter with its range, default and meaning', async () => {
    const { code, stdout } = await cli.run(['settings']);
    expect(code).toBe(0);
    const flat = stdout.replace(/\s+/g, ' ');
    for (const [key, parameter] of Object.entries(hyperParameters)) {
      expect(flat).toContain(`${key} = ${parameter.default} (`);
      expect(flat).toContain(parameter.description);
    }
  });

  it('prints the table as JSON', async () => {
    const { stdout } = await cli.run(['settings', '--json']);
    expect(JSON.parse(stdout)).toEqual(hyperParameters);
  });
});

describe('mistakes', () => {
  it.each<[string[], string | RegExp]>([
    [['clutser', sample], 'Did you mean cluster?'],
    [['cluster', sample, '--cluters', '7'], 'Did you mean --clusters?'],
    [
      ['cluster', sample, '--engine', 'gpu'],
      'Allowed choices are auto, cpu, webgpu, cuda, tensorflow, reference',
    ],
    [['cluster', sample, '--method', 'dec'], 'Allowed choices are adatsc'],
    [['cluster'], 'Name at least one data file'],
    [['cluster', sample, '--clusters', '1'], '"clusters" is "1"'],
    [['cluster', sample, '--clusters', 'x'], '"clusters" is "x"'],
    [['cluster', sample, '--clusters'], 'argument missing'],
    [['cluster', sample, '--width', '0'], '"model.widthFactor" is "0"'],
    [['cluster', sample, '--epochs', '1,2'], '--epochs is "1,2"'],
    [['cluster', sample, '--seed', '-1'], '--seed is "-1"'],
    [['cluster', sample, '--set', 'model.withFactor=1'], 'Did you mean "model.widthFactor"?'],
    [['cluster', sample, '--set', 'clusters'], '--set is "clusters"'],
    [['cluster', sample, '--bbox', '1,2,3'], '--bbox is "1,2,3"'],
    [['cluster', sample, '--time', 'yesterday'], '--time is "yesterday"'],
    [['cluster', sample, '--resume', 'x'], '--resume continues a run with its own files'],
    [['cluster', '--resume', 'x', '--clusters', '7'], /leave out --clusters/],
    [['cluster', '--resume', '/nowhere/at/all'], '/nowhere/at/all'],
    [['cluster', 'no-such-file.nc'], 'no-such-file.nc'],
    [['cluster', sample, '--variables', 'no_such_field', '--out', temporary], 'no_such_field'],
    [['cluster', sample, '--memory', '1', '--out', temporary], /memory/i],
    [['info'], "missing required argument 'file'"],
    [['info', 'no-such-file.nc'], 'no-such-file.nc'],
    [['evaluate', sample], '--labels'],
    [['evaluate', sample, '--labels', 'no-such-file.csv'], 'no-such-file.csv'],
  ])('%j', async (args, message) => {
    await expectUserError(args, message);
  });
});

const bad = path.join(sharedData, 'bad');
describe.skipIf(!existsSync(bad))('files that are no data (needs ../shared/data/bad)', () => {
  const files = existsSync(bad) ? readdirSync(bad) : [];

  it.each(files)('%s: one clear line and exit code 2 within 5 seconds', async (name) => {
    const file = path.join(bad, name);
    const { code, stdout, stderr, seconds } = await cli.run(['cluster', file, '--out', temporary, '--json']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const errors = stderr.split('\n').filter((line) => line.startsWith('error: '));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(name);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(errors[0]);
    expect(seconds).toBeLessThan(5);
    expect(readdirSync(temporary)).toEqual([]);
  });
});
