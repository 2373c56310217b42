/**
 * Speed of reading against netCDF4-python: `npm run bench reader`. Writes large files to a temporary folder (about three
 * times `--gigabytes`), checks that both read the same bits, and times both in turns, with the files in the page cache.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { FieldReader } from '../src/core/data/fieldReader';
import type { GridCut } from '../src/core/data/grid';
import { openFields, type OpenedFields } from '../src/core/data/openFields';
import { Random } from '../src/core/random';
import { Peer } from './peer';
import { geometricMean, median, spread } from './statistics';

const text = (name: string, fallback: string) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.split('=')[1] ?? fallback;
const gigabytes = Number(text('gigabytes', '1'));
const rounds = Number(text('rounds', '5'));
const windows = Number(text('windows', '100'));
const only = text('only', '');
const folderGiven = text('folder', '');

interface Written {
  readonly path: string;
  readonly steps: number;
  readonly bytes: number;
  readonly chunks: Readonly<Record<string, number[] | string | null>>;
}

/** First index and number of values along (time, latitude, longitude). */
type Slab = [number, number][];

/** One kind of reading: each piece is read by one call of a reader. */
interface Task {
  readonly name: string;
  readonly reader: FieldReader;
  readonly pieces: readonly { firstStep: number; steps: number; firstRow: number; rows: number }[];
  /** The pieces as slabs, for the peer. */
  readonly slabs: readonly Slab[];
}

interface Measured {
  readonly seconds: number;
  /** Seconds of processor time, of all threads. */
  readonly processor: number;
  /** MiB at most while reading. */
  readonly peak: number;
}
interface Verified extends Measured {
  readonly values: number;
  readonly missing: number;
  readonly crc: number;
}

const forms = ['automatic', 'by hand'] as const;

function tasksOf({ chosen, grid, time }: OpenedFields): Task[] {
  const [{ dataset, field, selections }] = chosen;
  const steps = time.iso.length;
  const { height, width } = grid;
  const task = (name: string, rows: GridCut['rows'], columns: GridCut['rows'], firsts?: number[]): Task => {
    const cut: GridCut = { rows, columns: [columns] };
    const reader = new FieldReader(dataset, field, selections, { start: 0, count: steps }, cut);
    const pieces = firsts
      ? firsts.map((firstStep) => ({ firstStep, steps: 12, firstRow: 0, rows: rows.count }))
      : reader.tiles();
    const slabs = forPeer(pieces, rows.count, columns.count).map((piece): Slab => [
      [piece.firstStep, piece.steps],
      [rows.start + piece.firstRow, piece.rows],
      [columns.start, columns.count],
    ]);
    return { name, reader, pieces, slabs };
  };
  const whole = (count: number) => ({ start: 0, count });
  const quarter = (count: number) => ({ start: Math.floor(count / 4), count: Math.floor(count / 2) });
  const random = new Random(5);
  // Windows across large chunks unpack a hundred times what they hold, with either reader: fewer of them suffice.
  const chunkSteps = dataset.variable(field.name).chunks?.[0] ?? 1;
  const some = Math.max(1, Math.round(chunkSteps > 100 ? windows / 20 : windows));
  const firsts = Array.from({ length: some }, () => random.integer(steps - 12));
  return [
    task('all, in order', whole(height), whole(width)),
    task(`${some} windows of 12 steps`, whole(height), whole(width), firsts),
    task('a quarter of the grid', quarter(height), quarter(width)),
    task('one cell', { start: 70, count: 1 }, { start: 200, count: 1 }),
  ];
}

/** Blocks of a few steps are joined: numpy is faster with a few million values at a time. */
function forPeer(pieces: Task['pieces'], rows: number, columns: number): Task['pieces'] {
  const joined: { firstStep: number; steps: number; firstRow: number; rows: number }[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    const follows = last && last.rows === rows && last.firstStep + last.steps === piece.firstStep;
    if (follows && (last.steps + piece.steps) * rows * columns <= 1 << 22) last.steps += piece.steps;
    else joined.push({ ...piece });
  }
  return joined;
}

const processorSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Reads all pieces to one buffer that is used again and again, as a run does that streams its data. */
async function ours({ reader, pieces }: Task, verify: boolean): Promise<Verified> {
  const { width } = reader;
  const largest = Math.max(...pieces.map(({ steps, rows }) => steps * rows * width));
  (globalThis as { gc?: () => void }).gc?.();
  writeFileSync('/proc/self/clear_refs', '5');
  const buffer = new Float32Array(largest);
  let [crc, values, missing] = [0, 0, 0];
  const [start, processor] = [performance.now(), processorSeconds()];
  for (const piece of pieces) {
    const stride = piece.rows * width;
    await reader.read(piece, buffer, -piece.firstStep * stride - piece.firstRow * width, stride);
    if (!verify) continue;
    const read = buffer.subarray(0, piece.steps * stride);
    crc = crc32(new Uint8Array(read.buffer, 0, read.byteLength), crc);
    values += read.length;
    for (const value of read) if (Number.isNaN(value)) missing++;
  }
  const measured = {
    seconds: (performance.now() - start) / 1000,
    processor: processorSeconds() - processor,
  };
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024;
  return { ...measured, peak, values, missing, crc };
}

/** Opens the file for either reader. */
interface Source {
  ours(): Promise<{ task: Task; close: () => Promise<void> }>;
  theirs(): Promise<unknown>;
}

async function measure(
  source: Source,
  { name, slabs }: Task,
  peer: Peer,
): Promise<{ cells: string[]; ratios: number[] }> {
  const ask = async (form: string, verify: boolean) => {
    await source.theirs();
    return peer.ask<Verified>({ slabs, form, verify });
  };
  const read = async (verify: boolean) => {
    const { task, close } = await source.ours();
    const measured = await ours(task, verify);
    await close();
    return measured;
  };
  const own = await read(true);
  for (const form of forms) {
    const theirs = await ask(form, true);
    const same = (['values', 'missing', 'crc'] as const).every((key) => own[key] === theirs[key]);
    if (!same) throw new Error(`${name}, ${form}: ${JSON.stringify(theirs)}, not ${JSON.stringify(own)}`);
  }
  const times: Record<'ours' | (typeof forms)[number], Measured[]> = {
    ours: [],
    automatic: [],
    'by hand': [],
  };
  for (let round = 0; round < rounds; round++) {
    times.ours.push(await read(false));
    for (const form of forms) times[form].push(await ask(form, false));
  }
  const ratio = (form: (typeof forms)[number], key: 'seconds' | 'processor') =>
    times[form].map((theirs, i) => theirs[key] / times.ours[i][key]);
  const milliseconds = (key: keyof typeof times) =>
    spread(
      times[key].map(({ seconds }) => seconds * 1000),
      median(times[key].map(({ seconds }) => seconds)) < 0.02 ? 1 : 0,
    );
  const peak = (key: keyof typeof times) => median(times[key].map((one) => one.peak)).toFixed(0);
  return {
    cells: [
      milliseconds('ours'),
      milliseconds('automatic'),
      spread(ratio('automatic', 'seconds'), 2),
      spread(ratio('by hand', 'seconds'), 2),
      median(ratio('automatic', 'processor')).toFixed(2),
      median(ratio('by hand', 'processor')).toFixed(2),
      `${peak('ours')} / ${peak('automatic')} / ${peak('by hand')}`,
    ],
    ratios: forms.map((form) => median(ratio(form, 'seconds'))),
  };
}

async function main(): Promise<void> {
  const root = join(__dirname, '..', '..');
  const free = statfsSync(tmpdir());
  if (free.bavail * free.bsize < 4e9 * gigabytes + 1e9) throw new Error(`Too little space in ${tmpdir()}.`);
  const folder = folderGiven || mkdtempSync(join(tmpdir(), 'reader-bench-'));
  const peer = new Peer(root, 'peer_reader.py');
  try {
    const files = written(root, folder);
    const { version } = await peer.ask<{ version: string }>({
      open: { file: files[0].path, variable: 't2m' },
    });
    console.log(`${cpus()[0].model}, ${cpus().length} processors; Node ${process.version}; ${version}`);
    const rows: string[] = [];
    const all: number[][] = [];
    for (const { path, steps, bytes, chunks } of files) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      console.log(`${name}: ${(bytes / 1e9).toFixed(2)} GB, ${steps} steps, ${JSON.stringify(chunks)}`);
      for (const variable of ['t2m', 'msl']) {
        for (let number = 0; number < 4; number++) {
          // Opened anew for each reading, so that no reader has chunks left of the last one.
          const source: Source = {
            ours: async () => {
              const opened = await openFields({ files: [path], variables: [variable], select: {} });
              return { task: tasksOf(opened)[number], close: () => opened.close() };
            },
            theirs: () => peer.ask({ open: { file: path, variable } }),
          };
          const { task, close } = await source.ours();
          await close();
          const label = `${name} ${variable}: ${task.name}`;
          if (!label.includes(only)) continue;
          const { cells, ratios } = await measure(source, task, peer);
          all.push(ratios);
          rows.push(`| ${[label, ...cells].join(' | ')} |`);
          console.log(rows.at(-1));
        }
      }
    }
    const heads = [
      'Read',
      'ours, ms',
      'netCDF4-python, ms',
      'automatic / ours',
      'by hand / ours',
      'processor time: automatic / ours',
      'by hand / ours',
      'peak MiB: ours / automatic / by hand',
    ];
    console.log(`\n| ${heads.join(' | ')} |\n| ${heads.map(() => '---').join(' | ')} |\n${rows.join('\n')}`);
    forms.forEach((form, i) => {
      const mean = geometricMean(all.map((ratios) => ratios[i]));
      console.log(`Geometric mean, ${form} / ours: ${mean.toFixed(2)}`);
    });
  } finally {
    peer.close();
    if (!folderGiven) rmSync(folder, { recursive: true });
  }
}

/** Writes the files, unless the folder that was given has them. */
function written(root: string, folder: string): Written[] {
  const list = join(folder, 'files.json');
  try {
    return JSON.parse(readFileSync(list, 'utf8')) as Written[];
  } catch {
    const { stdout, status } = spawnSync(
      '/usr/bin/python3',
      [join(root, 'bench/peer_reader.py'), 'write', folder, String(gigabytes)],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    );
    if (status !== 0) throw new Error('The files could not be written. Is python3-netcdf4 installed?');
    writeFileSync(list, stdout);
    return JSON.parse(stdout) as Written[];
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
