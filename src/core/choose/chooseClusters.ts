import type { Rows } from '../data/rows';
import { UserError } from '../errors';
import type { Products } from '../evaluation/products';
import { Random } from '../random';
import { blockLength } from './blocks';
import type { ClusterChoice } from './choice';
import { criteriaOf } from './criteria';
import { curvesOf, curvesOfHalves, type Curves } from './curves';
import { gapChoice, gapStatistic } from './gap';
import { partitionsOf, upTo } from './partitions';
import { pointsOf, type Points } from './points';
import { recommend } from './recommend';
import { persistentNoise, uniformBox } from './references';
import { means, type Curve } from './statistics';

/** The largest K that is tried, unless another one is asked for. */
export const DEFAULT_MOST = 12;
/** As the setting `clusters`. */
export const LARGEST_MOST = 50;

/** Series of persistent noise: p is at least 1 / 100. */
const REFERENCES = 99;
/** Halvings of each of them; their mean counts. */
const NOISE_SPLITS = 2;
const UNIFORM_REFERENCES = 20;
const SPLITS = 20;

export interface ChooseOptions {
  /** The largest K to try. Default 12; fewer where the series is short. */
  readonly most?: number;
  readonly seed: number;
  readonly products: Products;
  readonly signal?: AbortSignal;
  /** The share that is done, 0 to 1, and what is being done. */
  progress?(share: number, what: string): void;
}

/**
 * How many clusters a table of time steps has, by four criteria on k-means of its leading EOF coefficients: the elbow of the
 * variance within clusters, the silhouette, the gap statistic and the stability over halves of the series; and how far each
 * can be believed, by comparison with noise of the same persistence. The same seed gives the same choice.
 * @throws UserError when there are fewer than 12 rows or all are equal, CancelledError.
 */
export async function chooseClusters(table: Rows, options: ChooseOptions): Promise<ClusterChoice> {
  const { seed, products, signal, progress } = options;
  const random = new Random(seed);
  progress?.(0, 'EOFs');
  const points = await pointsOf(table, random.fork(), products, signal);
  const most = largest(points, options.most ?? DEFAULT_MOST);
  const block = blockLength(points);
  // Each part has its own generator, so that the number of references says nothing about the halves.
  const [ofData, ofHalves, ofNoise, ofBox] = [random.fork(), random.fork(), random.fork(), random.fork()];

  progress?.(0.02, 'k-means');
  const { curves: data, distances } = await curvesOf(points, most, ofData, signal);
  const halves = await curvesOfHalves(
    points,
    most,
    {
      splits: SPLITS,
      block: block.length,
      distances,
      progress: (share) => progress?.(0.03 + 0.12 * share, 'stability'),
    },
    ofHalves,
    signal,
  );

  const draw = persistentNoise(points);
  const noise: Curves[] = [];
  const noiseAgreement: Curve[] = [];
  for (let i = 0; i < REFERENCES; i++) {
    progress?.(0.15 + (0.8 * i) / REFERENCES, `noise ${i + 1} of ${REFERENCES}`);
    const reference = draw(ofNoise);
    noise.push((await curvesOf(reference, most, ofNoise, signal)).curves);
    const splits = { splits: NOISE_SPLITS, block: block.length };
    noiseAgreement.push(means((await curvesOfHalves(reference, most, splits, ofNoise, signal)).agreement));
  }

  progress?.(0.95, 'uniform reference');
  const uniform = await uniformLogs(points, most, ofBox, signal);
  const uniformGap = gapStatistic(data.logWithin, uniform);
  progress?.(1, 'done');

  const criteria = criteriaOf({ data, halves, noise, noiseAgreement });
  const facts = {
    most,
    seed,
    steps: points.n,
    of: points.of,
    eofs: points.d,
    explained: points.explained,
    block,
    references: REFERENCES,
    splits: SPLITS,
    uniformGap: { ...uniformGap, best: gapChoice(uniformGap) },
  };
  return { ...facts, criteria, recommendation: recommend(criteria, facts) };
}

/** Halves of the series must have twice as many points as clusters, and there must be as many different ones. */
function largest(points: Points, wanted: number): number {
  if (!(Number.isInteger(wanted) && wanted >= 3 && wanted <= LARGEST_MOST)) {
    throw new UserError(
      `The largest number of clusters to try is ${wanted}; it must be a whole number from 3 to ${LARGEST_MOST}.`,
    );
  }
  const most = Math.min(wanted, Math.floor(points.n / 4), differentRows(points));
  if (most >= 3) return most;
  throw new UserError(
    `The data have only ${differentRows(points)} different time steps, so there is no number of clusters to choose. Give it yourself.`,
  );
}

function differentRows({ values, n, d }: Points): number {
  const seen = new Set<string>();
  for (let i = 0; i < n; i++) seen.add(values.subarray(i * d, (i + 1) * d).join());
  return seen.size;
}

/** log W_K of uniform draws. */
async function uniformLogs(
  points: Points,
  most: number,
  random: Random,
  signal?: AbortSignal,
): Promise<Curve[]> {
  const draw = uniformBox(points);
  const logs: Curve[] = [];
  for (let i = 0; i < UNIFORM_REFERENCES; i++) {
    const partitions = await partitionsOf(draw(random), upTo(most), random, signal);
    logs.push(partitions.map(({ within }) => Math.log(within / points.n)));
  }
  return logs;
}
