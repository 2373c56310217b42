/**
 * Every method on generated fields whose regimes are known: accuracy (Hungarian matching), NMI and ARI, one line of JSON a
 * labelling. With --save they are kept in docs/quality.json, what is there already is not done again, and the table
 * docs/quality.md is made of them.
 *
 *     npm run bench:quality -- [G1 G2 G4 G6 G7] [--methods a-datsc,k-means] [--seeds 1,2,3,4,5] [--set key=value] [--save]
 */
import { availableParallelism } from 'node:os';
import { type HyperParameters, parseHyperParameter, resolveHyperParameters } from '../src/core/config';
import { createOnnxEngine } from '../src/core/engine/onnxEngine';
import { accuracy, adjustedRandIndex } from '../src/core/evaluation/matching';
import { normalizedMutualInformation } from '../src/core/evaluation/mutualInformation';
import { createProducts } from '../src/core/evaluation/products';
import { synthesize, type SyntheticCase } from '../src/core/evaluation/synthetic';
import type { Method } from '../src/core/methods/method';
import { methodOf, methods } from '../src/core/methods/methods';
import { samplesInMemory } from '../src/core/methods/samples';
import { Random } from '../src/core/random';
import { isDone, readScores, type Score, saveScores } from './quality/record';

const CASES: readonly SyntheticCase[] = ['G1', 'G2', 'G4', 'G6', 'G7'];

interface Options {
  cases: SyntheticCase[];
  methods: Method[];
  seeds: number[];
  settings: Record<string, unknown>;
  threads: number;
  save: boolean;
  /** Only makes the table anew. */
  table: boolean;
}

function parse(args: readonly string[]): Options {
  const options: Options = {
    cases: [],
    methods: [...methods],
    seeds: [1, 2, 3, 4, 5],
    settings: {},
    threads: availableParallelism(),
    save: false,
    table: false,
  };
  for (let i = 0; i < args.length; i++) {
    const value = (): string => args[++i] ?? '';
    if (args[i] === '--methods') options.methods = value().split(',').map(methodOf);
    else if (args[i] === '--seeds') options.seeds = value().split(',').map(Number);
    else if (args[i] === '--threads') options.threads = Number(value());
    else if (args[i] === '--save') options.save = true;
    else if (args[i] === '--table') options.table = true;
    else if (args[i] === '--set') {
      const [key, setting] = value().split('=');
      options.settings[key] = parseHyperParameter(key, setting);
    } else if ((CASES as readonly string[]).includes(args[i])) options.cases.push(args[i] as SyntheticCase);
    else throw new Error(`There is no case or option ${args[i]}; the cases are ${CASES.join(', ')}.`);
  }
  if (options.cases.length === 0) options.cases = [...CASES];
  if (options.save && Object.keys(options.settings).length > 0)
    throw new Error('The table is one of defaults: --set and --save exclude each other.');
  return options;
}

/** A fit, and how well each of its labellings agrees with the truth. */
async function score(
  source: SyntheticCase,
  method: Method,
  seed: number,
  settings: Record<string, unknown>,
  threads: number,
): Promise<Score[]> {
  const { length, channels, height, width, clusters, frames, labels } = synthesize(source, new Random(seed));
  const products = await createProducts({ threads });
  const began = performance.now();
  const processor = process.cpuUsage();
  const hyperParameters: HyperParameters = resolveHyperParameters({ clusters, ...settings });
  const fit = await method.fit(samplesInMemory(frames, [length, channels, height, width]), {
    clusters,
    seed,
    hyperParameters,
    engine: () => createOnnxEngine({ threads }),
    products,
    warn: (message) => console.error(`${source} ${seed} ${method.id}: ${message}`),
  });
  const { user, system } = process.cpuUsage(processor);
  const seconds = (performance.now() - began) / 1000;
  await products.dispose();
  const all = [['', fit.labels] as const, ...Object.entries(fit.alternatives ?? {})];
  return all.map(([labelling, found]) => ({
    case: source,
    seed,
    method: method.id,
    labelling,
    accuracy: round(accuracy(found, labels)),
    nmi: round(normalizedMutualInformation(found, labels)),
    ari: round(adjustedRandIndex(found, labels)),
    emptyClusters: clusters - new Set(found).size,
    seconds: round(seconds),
    processorSeconds: round((user + system) / 1e6),
  }));
}

const round = (x: number): number => Number(x.toPrecision(4));

async function main(): Promise<void> {
  const options = parse(process.argv.slice(2));
  if (options.table) return saveScores([], methods);
  for (const seed of options.seeds) {
    for (const source of options.cases) {
      for (const method of options.methods) {
        if (options.save && isDone(await readScores(), { case: source, seed, method: method.id })) continue;
        const scores = await score(source, method, seed, options.settings, options.threads);
        for (const each of scores) console.log(JSON.stringify(each));
        if (options.save) await saveScores(scores, methods);
      }
    }
  }
}

void main();
