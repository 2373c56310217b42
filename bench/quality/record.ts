/** What the methods have reached on the ground truth so far: docs/quality.json, and the table that is made of it. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import prettier from 'prettier';
import type { Method } from '../../src/core/methods/method';
import { tableOf } from './table';

const JSON_FILE = join('docs', 'quality.json');
const TABLE_FILE = join('docs', 'quality.md');

/** One labelling of one fit. */
export interface Score {
  readonly case: string;
  /** Of the generated fields and of the method. */
  readonly seed: number;
  readonly method: string;
  /** Empty for the labels of the method, else the name of the alternative. */
  readonly labelling: string;
  readonly accuracy: number;
  readonly nmi: number;
  readonly ari: number;
  readonly emptyClusters: number;
  readonly seconds: number;
  /** Of all threads. */
  readonly processorSeconds: number;
}

export const isDone = (scores: readonly Score[], fit: Pick<Score, 'case' | 'seed' | 'method'>): boolean =>
  scores.some((score) => isOf(score, fit));

const isOf = (score: Score, fit: Pick<Score, 'case' | 'seed' | 'method'>): boolean =>
  score.case === fit.case && score.seed === fit.seed && score.method === fit.method;

export async function readScores(): Promise<Score[]> {
  try {
    return JSON.parse(await readFile(JSON_FILE, 'utf8')) as Score[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Adds the scores, in place of those of the same fit, and writes both files. */
export async function saveScores(scores: readonly Score[], methods: readonly Method[]): Promise<void> {
  const kept = (await readScores()).filter((other) => !scores.some((score) => isOf(score, other)));
  const key = ({ method, case: source, seed, labelling }: Score): string =>
    [method, source, String(seed).padStart(4, '0'), labelling].join(' ');
  const all = [...kept, ...scores].sort((a, b) => key(a).localeCompare(key(b)));
  await write(JSON_FILE, `[\n${all.map((score) => JSON.stringify(score)).join(',\n')}\n]\n`);
  const text = tableOf(all, methods);
  await write(
    TABLE_FILE,
    await prettier.format(text, { ...(await prettier.resolveConfig(TABLE_FILE)), filepath: TABLE_FILE }),
  );
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(`${file}.part`, text);
  await rename(`${file}.part`, file);
}
