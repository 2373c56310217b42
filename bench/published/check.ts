/**
 * Runs the deep baselines on the public data on which they were published, and adds what they reach to
 * docs/baselines.json and docs/baselines.md: `npm run check:published [-- names --seeds 1,2 --rows N --threads N --table]`
 */
import { createOnnxEngine } from '../../src/core/engine/onnxEngine';
import { messageOf, UserError } from '../../src/core/errors';
import { createProducts } from '../../src/core/evaluation/products';
import { Random } from '../../src/core/random';
import type { Check } from './checks/check';
import { checks } from './checks';
import { type Dataset, rowsOf } from './data/dataset';
import { add, type Entry, readEntries, writeEntries } from './record';
import { scoresOf } from './scores';

interface Options {
  readonly names: readonly string[];
  readonly seeds: readonly number[];
  /** Only so many rows, drawn at random: to see that it works. */
  readonly rows?: number;
  readonly threads?: number;
  /** Only writes the table anew. */
  readonly table: boolean;
}

function parse(args: readonly string[]): Options {
  const names: string[] = [];
  const options: { seeds: number[]; rows?: number; threads?: number; table: boolean } = {
    seeds: [1],
    table: false,
  };
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--seeds') options.seeds = args[++i].split(',').map(Number);
    else if (args[i] === '--rows') options.rows = Number(args[++i]);
    else if (args[i] === '--threads') options.threads = Number(args[++i]);
    else if (args[i] === '--table') options.table = true;
    else names.push(args[i]);
  }
  for (const name of names) {
    if (!checks.some(({ id }) => id === name)) {
      throw new UserError(
        `There is no check "${name}". The checks are: ${checks.map(({ id }) => id).join(', ')}.`,
      );
    }
  }
  return { names, ...options };
}

/** The data set, or so many of its rows; the same ones for every seed. */
async function load(check: Check, rows: number | undefined): Promise<Dataset> {
  const data = check.data();
  const { n } = data.samples.table;
  if (rows === undefined || rows >= n) return data;
  if (data.scored) throw new UserError(`${check.title} is scored on a test set: it takes no --rows.`);
  const chosen = new Random(1).shuffle(Int32Array.from({ length: n }, (_, i) => i)).slice(0, rows);
  return rowsOf(data, chosen.sort(), await data.samples.table.read(0, n));
}

async function run(check: Check, data: Dataset, seed: number, threads: number | undefined): Promise<Entry> {
  const { samples, truth, classes, scored } = data;
  const products = await createProducts({ threads });
  let engine: ReturnType<typeof createOnnxEngine> | undefined;
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  let shown = 0;
  const fit = await check.method.fit(samples, {
    clusters: classes,
    seed,
    engine: () => (engine ??= createOnnxEngine({ threads })),
    products,
    progress: (share) => {
      if (share < shown + 0.05) return;
      shown = share;
      console.error(`  ${check.id}, seed ${seed}: ${Math.round(100 * share)} %`);
    },
    warn: (message) => console.error(`  ${message}`),
  });
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await products.dispose();
  const of = (values: Int32Array): Int32Array => (scored ? scored.map((row) => values[row]) : values);
  return {
    check: check.id,
    seed,
    n: samples.table.n,
    options: check.options,
    ...scoresOf(of(fit.labels), of(truth)),
    emptyClusters: classes - new Set(fit.labels).size,
    seconds,
    processorSeconds: (user + system) / 1e6,
  };
}

async function main(): Promise<void> {
  const { names, seeds, rows, threads, table } = parse(process.argv.slice(2));
  const wanted = table ? [] : checks.filter(({ id }) => names.length === 0 || names.includes(id));
  for (const check of wanted) {
    const data = await load(check, rows);
    for (const seed of seeds) {
      const entry = await run(check, data, seed, threads);
      console.log(JSON.stringify(entry));
      // Read again: another process may have added something meanwhile.
      await writeEntries(add(await readEntries(), entry));
    }
  }
  if (table) await writeEntries(await readEntries());
}

main().catch((error: unknown) => {
  console.error(
    error instanceof UserError ? error.message : error instanceof Error ? error.stack : messageOf(error),
  );
  process.exitCode = 1;
});
