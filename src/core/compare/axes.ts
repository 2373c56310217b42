import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { TimeAxis } from '../data/frames';
import { openFields } from '../data/openFields';
import { explainFileError } from '../results/atomicWrite';
import { labelsByTime, parseLabels } from '../results/labelsCsv';
import type { CompareConfig } from './config';
import type { ComparisonInfo } from './files';

/** What is known before the values are read; a mistake in what is to be read shows here, and not once for each fit. */
export async function readAxes(config: CompareConfig): Promise<{
  data: { time: TimeAxis; facts: ComparisonInfo['data'] };
  truth?: Int32Array;
}> {
  const opened = await openFields(config);
  try {
    const { fields, grid, time } = opened;
    const facts = {
      fields: fields.map((field) => ({ ...field })),
      steps: time.iso.length,
      first: time.iso[0],
      last: time.iso[time.iso.length - 1],
      height: grid.height,
      width: grid.width,
    };
    const truth = config.truth === undefined ? undefined : await readTruth(config.truth, time);
    return { data: { time, facts }, ...(truth && { truth }) };
  } finally {
    await opened.close();
  }
}

async function readTruth(path: string, time: TimeAxis): Promise<Int32Array> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw explainFileError(error, path, 'read');
  }
  const source = basename(path);
  return labelsByTime(parseLabels(text, source), time, source);
}
