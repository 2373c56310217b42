/**
 * How time and memory grow with the data: `npm run bench scale`. Each case is a run of the whole program on a generated
 * file, in a process of its own, whose peak memory the kernel tells. `--case=big`: a file of more than 10 GB within 4 GiB.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { availableParallelism, cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterFiles } from '../src/core/cluster';
import { resolveHyperParameters } from '../src/core/config';
import { largestBlock, estimateMemory, estimateStreaming } from '../src/core/data/memory';
import { openFields } from '../src/core/data/openFields';
import { architectureFor } from '../src/core/model/architecture';
import { trainingMemory } from '../src/core/training/memoryNeed';
import { bytesOf, writeScaleFile, type ScaleSize } from './scaleFile';

interface Task {
  readonly file: string;
  readonly out: string;
  readonly memoryLimit: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What a run took: seconds, and MiB at its peak. */
interface Cost {
  readonly reading: number;
  /** Of one epoch of the warm-up, and of one of its steps. */
  readonly epoch: number;
  readonly step: number;
  readonly evaluating: number;
  readonly writing: number;
  readonly total: number;
  readonly peak: number;
  readonly estimate: number;
  readonly streamed: boolean;
}

const option = (name: string, fallback: string): string =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback;

/** Smallest widths, one epoch of each kind; every step of the series is seen in an epoch. */
const settings = {
  clusters: 4,
  'model.widthFactor': 0.03125,
  'window.batch': 4,
  'window.stride': 12,
  'training.warmupEpochs': 2,
  'training.jointEpochs': 1,
  'training.adversarialEpochs': 0,
  'training.maxStepsPerEpoch': 100000,
};

async function work({ file, out, memoryLimit, settings: given }: Task): Promise<void> {
  const hyperParameters = resolveHyperParameters(given);
  const opened = await openFields({ files: [file], select: {} });
  const { fields, grid, time } = opened;
  const size = { steps: time.iso.length, variables: fields.length, height: grid.height, width: grid.width };
  const data = { ...size, block: largestBlock(opened.readers) };
  await opened.close();
  const began = performance.now();
  const since = (from: number) => (performance.now() - from) / 1000;
  const started: Record<string, number> = {};
  const epochs: number[] = [];
  let steps = 1;
  let streamed = false;
  const { runDirectory } = await clusterFiles(
    {
      files: [file],
      select: {},
      method: 'adatsc',
      engine: 'cpu',
      seed: 1,
      memoryLimit,
      out,
      hyperParameters,
    },
    {
      log: (message) => {
        streamed ||= message.includes('streamed');
        console.error(`  ${message}`);
      },
      warn: (message) => console.error(`  ${message}`),
      progress: (p) => {
        if (!(p.phase in started))
          console.error(`  ${since(began).toFixed(0)} s: ${p.phase}, peak ${peak()} MiB`);
        started[p.phase] ??= performance.now();
        if (p.phase === 'warm-up') steps = Math.max(steps, p.steps);
        epochs.splice(
          0,
          epochs.length,
          ...p.history.filter((e) => e.phase === 'warm-up').map((e) => e.seconds),
        );
      },
    },
  );
  const { data: described } = JSON.parse(readFileSync(join(runDirectory, 'run.json'), 'utf8')) as {
    data: unknown;
  };
  if (!described) throw new Error('The run has no data.');
  const a = architectureFor({ n: size.steps, ...size }, hyperParameters);
  const epoch = epochs.at(-1)!;
  const cost: Cost = {
    reading: (started['preparing'] - began) / 1000,
    epoch,
    step: epoch / steps,
    evaluating: (started['writing'] - started['evaluating']) / 1000,
    writing: (started['done'] - started['writing']) / 1000,
    total: since(began),
    peak: peak(),
    estimate: (streamed ? estimateStreaming(data) : estimateMemory(data)) + trainingMemory(a, size.steps),
    streamed,
  };
  console.log(JSON.stringify(cost));
}

/** Peak of the resident memory of this process, in MiB (Linux). */
function peak(): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)![1]) / 1024);
}

/** One case in a process of its own, on a file that is deleted afterwards. */
function measure(size: ScaleSize, memoryLimit: number, given: Record<string, unknown> = {}): Cost {
  const folder = mkdtempSync(join(option('folder', tmpdir()), 'scale-'));
  const file = join(folder, 'scale.nc');
  try {
    const { bavail, bsize } = statfsSync(folder);
    // The file, and the working copy beside it.
    const needed = 2.1 * bytesOf(size);
    if (bavail * bsize < needed) {
      throw new Error(
        `${folder} has less than ${(needed / 1e9).toFixed(1)} GB free; name another one with --folder.`,
      );
    }
    writeScaleFile(file, size);
    console.error(`${describe(size)}: ${(statSync(file).size / 1e9).toFixed(2)} GB`);
    const out = join(folder, 'out');
    mkdirSync(out);
    const task: Task = { file, out, memoryLimit, settings: { ...settings, ...given } };
    const child = spawnSync(
      process.execPath,
      [...process.execArgv, process.argv[1], `--work=${JSON.stringify(task)}`],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        encoding: 'utf8',
      },
    );
    if (child.status !== 0) throw new Error(`${describe(size)} failed: ${child.stdout}`);
    return JSON.parse(child.stdout.trim().split('\n').at(-1)!) as Cost;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const describe = ({ steps, variables, height, width }: ScaleSize): string =>
  `${steps} x ${variables} x ${height} x ${width}`;

/** The exponent b of the least-squares fit of y = a x^b. */
function exponent(x: readonly number[], y: readonly number[]): number {
  const [u, v] = [x.map(Math.log), y.map(Math.log)];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mu, mv] = [mean(u), mean(v)];
  return (
    u.reduce((sum, value, i) => sum + (value - mu) * (v[i] - mv), 0) /
    u.reduce((sum, value) => sum + (value - mu) ** 2, 0)
  );
}

function table(
  title: string,
  sizes: readonly ScaleSize[],
  of: (size: ScaleSize) => number,
  given = {},
): void {
  const limit = Number(option('memory', '4096'));
  console.log(
    `\n| ${title} | data, MB | reading, s | step, s | epoch, s | evaluating, s | writing, s | peak, MiB | estimated |`,
  );
  console.log(`|${' --- |'.repeat(9)}`);
  const costs = sizes.map((size) => {
    const cost = measure(size, limit, { 'data.streaming': option('streaming', 'auto'), ...given });
    const cells = [cost.reading, cost.step, cost.epoch, cost.evaluating, cost.writing].map((s) =>
      s.toPrecision(3),
    );
    const name = `${describe(size)}${cost.streamed ? ' (streamed)' : ''}`;
    console.log(
      `| ${[name, (bytesOf(size) / 1e6).toFixed(0), ...cells, cost.peak, Math.round(cost.estimate)].join(' | ')} |`,
    );
    return cost;
  });
  if (costs.length < 2) return;
  const x = sizes.map(of);
  const fitted = (['reading', 'step', 'epoch', 'evaluating', 'writing'] as const).map((name) =>
    exponent(
      x,
      costs.map((cost) => cost[name]),
    ).toFixed(2),
  );
  console.log(`| exponent | | ${fitted.join(' | ')} | | |`);
}

/** Runs of 40 steps: what they are expected to need, against what they need. */
const memoryCases: readonly [side: number, variables: number, given: Record<string, number>][] = [
  [128, 2, { 'model.widthFactor': 1 / 32, 'window.batch': 1 }],
  [128, 2, { 'model.widthFactor': 1 / 8, 'window.batch': 1 }],
  [128, 16, { 'model.widthFactor': 1 / 32, 'window.batch': 1 }],
  [128, 2, { 'model.widthFactor': 1 / 16, 'window.batch': 1, 'window.length': 6 }],
  [64, 7, { 'model.widthFactor': 1 / 8, 'window.batch': 4 }],
  [64, 2, { 'model.widthFactor': 1 / 4, 'window.batch': 2 }],
  [32, 2, { 'model.widthFactor': 1 / 2, 'window.batch': 4 }],
  [256, 2, { 'model.widthFactor': 1 / 32, 'window.batch': 1 }],
];

function memoryTable(): void {
  console.log('\n| cells, fields, widths, batch, T | peak, MiB | estimated | estimated / peak |');
  console.log(`|${' --- |'.repeat(4)}`);
  for (const [side, variables, given] of memoryCases) {
    const { peak, estimate } = measure({ steps: 40, variables, height: side, width: side }, 65536, given);
    const name = `${side} x ${side}, ${variables} fields, /${1 / given['model.widthFactor']}, B = ${given['window.batch']}, T = ${given['window.length'] ?? 12}`;
    console.log(`| ${[name, peak, Math.round(estimate), (estimate / peak).toFixed(2)].join(' | ')} |`);
  }
}

function main(): void {
  console.log(
    `${cpus()[0].model}, ${availableParallelism()} processors, Node ${process.versions.node}, Linux ${release()}`,
  );
  const which = option('case', 'steps,cells').split(',');
  const small = { variables: 2, height: 16, width: 16 };
  if (which.includes('steps')) {
    table(
      'Time steps',
      [365, 3650, 14600].map((steps) => ({ steps, ...small })),
      ({ steps }) => steps,
    );
  }
  if (which.includes('cells')) {
    table(
      'Cells',
      [32, 64, 128, 256].map((side) => ({ steps: 365, variables: 2, height: side, width: side })),
      ({ height, width }) => height * width,
      { 'window.batch': 1, 'training.maxStepsPerEpoch': 10 },
    );
  }
  if (which.includes('memory')) memoryTable();
  if (which.includes('big')) {
    // A year of four times a day: seven variables on four levels.
    const size = { steps: 1460, variables: 28, height: 256, width: 256 };
    table('More than 10 GB', [size], ({ steps }) => steps, {
      'window.length': 3,
      'window.batch': 1,
      'window.stride': 3,
      'model.eofs': 8,
      'training.warmupEpochs': 1,
      'training.maxStepsPerEpoch': 10,
    });
  }
}

const task = option('work', '');
if (task) void work(JSON.parse(task) as Task);
else main();
