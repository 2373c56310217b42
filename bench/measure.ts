/** Options of `npm run bench engine`, its clock, and how both sides take turns. */
import { availableParallelism } from 'node:os';
import type { CompiledStep, TensorData } from '../src/core/engine/engine';
import type { Form, Peer } from './peer';
import { median, spread } from './statistics';

export const forms: readonly Form[] = ['usual', 'batched'];

const option = (name: string, fallback: number) => {
  const given = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return given ? Number(given.split('=')[1]) : fallback;
};
export const threads = option('threads', availableParallelism());
export const rounds = option('rounds', 9);
/** Only this row of the table; all if negative. */
export const only = option('case', -1);
export const clock = process.argv.includes('--clock=cpu') ? 'cpu' : 'wall';
export const profile = process.argv.find((argument) => argument.startsWith('--profile='))?.split('=')[1];

/**
 * Seconds by the wall clock, or (`--clock=cpu`, for one thread) of processor time, which other load on the machine
 * disturbs less.
 */
function now(): number {
  if (clock === 'wall') return performance.now() / 1000;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

export async function seconds(step: CompiledStep, inputs: Record<string, TensorData> = {}): Promise<number> {
  const start = now();
  await step.run(inputs);
  return now() - start;
}

/** Seconds of each round, and PyTorch's over ours of the same round. */
export interface Measured {
  readonly times: Record<'ours' | Form, number[]>;
  readonly ratios: Record<Form, number[]>;
}

/** Each round `repeats` runs of ours, then of each form of the peer's; the first round only warms up. */
export async function takeTurns(
  ours: () => Promise<number>,
  peers: Record<Form, Peer>,
  repeats: number,
): Promise<Measured> {
  const times = { ours: [] as number[], usual: [] as number[], batched: [] as number[] };
  const ratios: Record<Form, number[]> = { usual: [], batched: [] };
  for (let round = 0; round <= rounds; round++) {
    const mine: number[] = [];
    for (let i = 0; i < repeats; i++) mine.push(await ours());
    const theirs = {} as Record<Form, number[]>;
    for (const form of forms) theirs[form] = await peers[form].time(form, repeats, clock);
    if (round === 0) continue;
    times.ours.push(median(mine));
    for (const form of forms) {
      times[form].push(median(theirs[form]));
      ratios[form].push(median(theirs[form]) / median(mine));
    }
  }
  return { times, ratios };
}

const inMilliseconds = (values: readonly number[]) =>
  spread(
    values.map((x) => 1000 * x),
    1,
  );

/** A row of the table; `more` are further cells. */
export function printRow(title: string, { times, ratios }: Measured, more: readonly string[]): void {
  const cells = [
    inMilliseconds(times.ours),
    ...forms.map((form) => inMilliseconds(times[form])),
    ...forms.map((form) => spread(ratios[form], 2)),
    ...more,
  ];
  console.log(`| ${[title, ...cells].join(' | ')} |`);
}
