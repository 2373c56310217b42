/** Runs in the words and signs of the history tree. Knows nothing of VS Code. */
import path from 'node:path';
import type { HistoryMetrics, HistoryRun } from './historyRun';

/** A run in the tree. Everything here is compared before the tree is told of a change. */
export interface HistoryText {
  readonly label: string;
  readonly description: string;
  /** A product icon, and the theme colour it is drawn in. */
  readonly icon: string;
  readonly color: string | undefined;
  /** Words for the `when` clauses of menus, separated by blanks. */
  readonly context: string;
}

/** How a date is written; the user's own way by default. */
export interface Locale {
  readonly language?: string;
  readonly timeZone?: string;
}

export function describeRun(run: HistoryRun, now: number, locale: Locale = {}): HistoryText {
  return {
    label: labelOf(run, now, locale),
    description: descriptionOf(run, now),
    ...iconOf(run),
    context: contextOf(run),
  };
}

/** The name, or else when it was begun. */
export function labelOf({ name, started, directory }: HistoryRun, now: number, locale: Locale = {}): string {
  if (name) return name;
  if (started) return dateTime(started, locale, now);
  return directory === undefined ? 'New run' : path.basename(directory);
}

/** What matters most comes first: narrow side bars show no more. */
function descriptionOf(run: HistoryRun, now: number): string {
  if (run.state === 'damaged') return 'damaged';
  const clusters = run.clusters === undefined ? [] : [`K = ${run.clusters}`];
  if (run.state === 'running' || run.state === 'cancelling' || run.state === 'queued') {
    return [stateText(run), ...clusters].join(' · ');
  }
  const parts = run.state === 'finished' ? clusters : [stateText(run), ...clusters];
  const silhouette = run.metrics?.silhouetteCosine;
  if (run.state === 'finished' && typeof silhouette === 'number' && Number.isFinite(silhouette)) {
    parts.push(`silhouette ${fixed(silhouette)} (cosine)`);
  }
  if (run.started) parts.push(ago(Date.parse(run.started), now));
  return parts.join(' · ');
}

/** The state for people. */
export function stateText({ state, progress, isHeld, canResume }: HistoryRun): string {
  switch (state) {
    case 'queued':
      return 'waiting for another run';
    case 'cancelling':
      return 'stopping';
    case 'running': {
      if (isHeld) return 'running in another process';
      if (!progress) return 'starting';
      const { phase, epoch, epochs } = progress;
      const training = phase === 'warm-up' || phase === 'joint' || phase === 'adversarial';
      return training && epochs > 0 ? `epoch ${Math.min(epoch + 1, epochs)}/${epochs}, ${phase}` : phase;
    }
    case 'interrupted':
      return canResume ? 'stopped, can be resumed' : 'stopped';
    default:
      return state;
  }
}

function iconOf({ state }: HistoryRun): Pick<HistoryText, 'icon' | 'color'> {
  switch (state) {
    case 'queued':
      return { icon: 'clock', color: 'testing.iconQueued' };
    case 'running':
    case 'cancelling':
      return { icon: 'sync~spin', color: 'progressBar.background' };
    case 'finished':
      return { icon: 'pass', color: 'testing.iconPassed' };
    case 'interrupted':
      return { icon: 'debug-pause', color: 'editorWarning.foreground' };
    case 'failed':
      return { icon: 'error', color: 'testing.iconFailed' };
    case 'damaged':
      return { icon: 'warning', color: 'editorWarning.foreground' };
  }
}

function contextOf({ state, directory, isHeld, canResume, hasReport }: HistoryRun): string {
  const active = state === 'queued' || state === 'running' || state === 'cancelling';
  const words = ['run', state];
  if (active && !isHeld && state !== 'cancelling') words.push('cancellable');
  if (canResume) words.push('resumable');
  if (hasReport) words.push('reported');
  if (directory !== undefined) words.push('stored');
  if (directory !== undefined && !active) words.push('settled');
  return words.join(' ');
}

const metricNames: readonly (readonly [keyof HistoryMetrics, string])[] = [
  ['silhouetteCosine', 'Silhouette (cosine), higher is better'],
  ['silhouetteEuclidean', 'Silhouette (Euclidean), higher is better'],
  ['daviesBouldin', 'Davies–Bouldin, lower is better'],
  ['calinskiHarabasz', 'Calinski–Harabasz, higher is better'],
  ['rmse', 'RMSE, lower is better'],
  ['variance', 'Variance, lower is better'],
  ['interClusterDistance', 'Inter-cluster distance, higher is better'],
];

/** Everything about a run, as Markdown; what comes from files is escaped. */
export function tooltipOf(run: HistoryRun, now: number, locale: Locale = {}): string {
  const rows: [string, string][] = [];
  const add = (name: string, value: string | undefined): void => {
    if (value) rows.push([name, value]);
  };
  add('State', stateText(run));
  const names = run.files.map((file) => path.basename(file));
  add(
    'Data',
    names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', '),
  );
  add('Fields', run.fields.join(', '));
  add('Clusters', run.clusters === undefined ? undefined : `K = ${run.clusters}`);
  add('Seed', run.seed === undefined ? undefined : String(run.seed));
  for (const [key, name] of metricNames) {
    const value = run.metrics?.[key];
    if (typeof value === 'number' && Number.isFinite(value)) add(name, digits(value));
  }
  add('Engine', run.engine);
  if (run.started) {
    add('Begun', `${dateTime(run.started, locale)} (${ago(Date.parse(run.started), now)})`);
  }
  add('Duration', run.seconds === undefined ? undefined : duration(run.seconds));
  add('Directory', run.directory);
  const table = [
    '| | |',
    '|:--|:--|',
    ...rows.map(([name, value]) => `| ${escape(name)} | ${escape(value)} |`),
  ];
  const message = run.message ? `\n\n${escape(run.message)}` : '';
  return `**${escape(labelOf(run, now, locale))}**${message}\n\n${table.join('\n')}`;
}

/** Text that Markdown must not take for anything else, on one line. */
export function escape(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()#+\-.!|~]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/\s+/g, ' ');
}

/** "just now", "5 min ago", "3 h ago", "12 d ago"; beyond a year the years. */
export function ago(then: number, now: number): string {
  const minutes = Math.floor((now - then) / 60_000);
  if (Number.isNaN(minutes)) return '';
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ago`;
  const days = Math.floor(hours / 24);
  return days < 365 ? `${days} d ago` : `${Math.floor(days / 365)} y ago`;
}

/** The user's way to write a date; without the year where `now` is in the same one. */
export function dateTime(iso: string, { language, timeZone }: Locale = {}, now = NaN): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const yearOf = (time: Date | number): string =>
    new Intl.DateTimeFormat('en', { year: 'numeric', timeZone }).format(time);
  const sameYear = !Number.isNaN(now) && yearOf(date) === yearOf(now);
  return date.toLocaleString(language, {
    year: sameYear ? undefined : 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone,
  });
}

function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

function fixed(value: number): string {
  return value.toFixed(3).replace('-', '−');
}

function digits(value: number): string {
  return String(Number(value.toPrecision(4))).replace('-', '−');
}
