/** Chooses the number of clusters, for `clusters` and for `cluster --clusters auto`. */
import type { WriteStream } from 'node:tty';
import { criterionNames, type ClusterChoice } from '../core/choose/choice';
import type { ChooseRequest } from '../core/choose/chooseForFiles';
import { criterionTitles } from '../core/choose/words';
import type { RunConfig } from '../core/config';
import { chooseInProcess } from '../trainer/choices';
import { Stopped } from './failure';
import { stopOnSignal } from './stopOnSignal';
import { columns, wrap } from './text';

/** Chooses in a process of its own, with progress on standard error. Throws Stopped after Ctrl-C. */
export async function chooseWithProgress(request: ChooseRequest, verbose: boolean): Promise<ClusterChoice> {
  const display = shareDisplay(process.stderr);
  const stop = stopOnSignal(display, 'Stopping; press Ctrl-C again to end at once.');
  try {
    return await chooseInProcess(request, {
      progress: (share) => display.update(share),
      log: (message) => verbose && display.say(message),
      warn: (message) => display.say(`warning: ${message}`),
      signal: stop.signal,
    });
  } catch (error) {
    display.end();
    if (!stop.signal.aborted || (error as Error).name !== 'CancelledError') throw error;
    console.error('Stopped.');
    throw new Stopped();
  } finally {
    display.end();
    stop.release();
  }
}

/** `config` with the number of clusters that is recommended for its data, and how it was chosen; prints that. */
export async function withChosenClusters<
  Config extends Omit<ChooseRequest['config'], 'seed'> & Pick<RunConfig, 'clusterChoice'>,
>(config: Config, seed: number, { json, verbose }: { json?: boolean; verbose?: boolean }): Promise<Config> {
  const clusterChoice = await chooseWithProgress({ config: { ...config, seed } }, verbose === true);
  const say = json ? console.error : console.log;
  say(`${choiceText(clusterChoice)}\n`);
  const { clusters } = clusterChoice.recommendation;
  return { ...config, clusterChoice, hyperParameters: { ...config.hyperParameters, clusters } };
}

const eraseLine = '\r\u001b[K';
const label = 'choosing the number of clusters';

/** One line that counts up on a terminal; one line in all in a log. */
function shareDisplay(stream: WriteStream) {
  let shown = '';
  return {
    update(share: number): void {
      const text = stream.isTTY ? `${label} ${Math.floor(100 * share)}%` : label;
      if (text === shown) return;
      shown = text;
      stream.write(stream.isTTY ? eraseLine + text : `${text}\n`);
    },
    say(text: string): void {
      stream.write(stream.isTTY ? `${eraseLine}${text}\n${shown}` : `${text}\n`);
    },
    end(): void {
      if (stream.isTTY && shown) stream.write(eraseLine);
      shown = '';
    },
  };
}

/** Criteria by K, `*` at what each prefers, and the recommendation. */
export function choiceText({
  most,
  criteria,
  uniformGap,
  recommendation,
  references,
}: ClusterChoice): string {
  const value = (x: number | null): string => (x === null ? '-' : x.toFixed(3));
  const pair = (
    k: number,
    values: readonly (number | null)[],
    errors: readonly (number | null)[],
    best: number | null,
  ) =>
    `${value(values[k])}${values[k] === null ? '' : ` ± ${value(errors[k])}`}${best === k + 1 ? ' *' : '  '}`;
  const rows = Array.from({ length: most }, (_, k) => [
    String(k + 1),
    ...criterionNames.map((name) => {
      const { values, errors, best } = criteria[name];
      return pair(k, values, errors, best);
    }),
    pair(k, uniformGap.values, uniformGap.errors, uniformGap.best),
    `${Math.round(100 * recommendation.support[k])}%`,
  ]);
  const heads = [
    'K',
    ...criterionNames.map((name) => `${criterionTitles[name]}  `),
    'gap, uniform  ',
    'votes',
  ];
  const p = ['p', ...criterionNames.map((name) => `${criteria[name].p.toFixed(2)}  `)];
  return [
    columns([heads, ...rows, p], [0, 1, 2, 3, 4, 5, 6]),
    '',
    wrap(
      `* preferred. Elbow: share of the variance within clusters. p: how often one of ${references} series of noise with the persistence of the data looks as clustered. Votes: one for each criterion with p of at most 0.05, half for what it prefers on all the data, half for what it prefers over halves of them.`,
      100,
      0,
    ),
    '',
    ...recommendation.text.map((text) => wrap(text, 100, 0)),
  ].join('\n');
}
