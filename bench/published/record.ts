/** What the published checks have reached so far: docs/baselines.json, and the table that is made of it. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import prettier from 'prettier';
import type { Scores } from './scores';
import { tableOf } from './table';

const JSON_FILE = join('docs', 'baselines.json');
const TABLE_FILE = join('docs', 'baselines.md');

/** One run of a check. */
export interface Entry extends Scores {
  readonly check: string;
  readonly seed: number;
  /** Rows that were clustered; fewer than the data set has when the run was a trial. */
  readonly n: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly emptyClusters: number;
  readonly seconds: number;
  /** Of all threads. */
  readonly processorSeconds: number;
}

export async function readEntries(): Promise<Entry[]> {
  try {
    return JSON.parse(await readFile(JSON_FILE, 'utf8')) as Entry[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The entries with one more; it takes the place of an earlier run of the same check, seed and number of rows. */
export function add(entries: readonly Entry[], entry: Entry): Entry[] {
  const key = ({ check, seed, n }: Entry) => `${check} ${n} ${seed}`;
  const others = entries.filter((other) => key(other) !== key(entry));
  return [...others, entry].sort((a, b) => a.check.localeCompare(b.check) || a.n - b.n || a.seed - b.seed);
}

/** Writes both files. */
export async function writeEntries(entries: readonly Entry[]): Promise<void> {
  const write = async (file: string, text: string) => {
    const formatted = await prettier.format(text, {
      ...(await prettier.resolveConfig(file)),
      filepath: file,
    });
    await writeFile(`${file}.part`, formatted);
    await rename(`${file}.part`, file);
  };
  await write(JSON_FILE, JSON.stringify(entries));
  await write(TABLE_FILE, tableOf(entries));
}
