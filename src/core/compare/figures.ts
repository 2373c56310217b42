import { aggregate, type Comparison } from './aggregate';
import { readAxes } from './axes';
import { readComparison, readFits, type ComparisonInfo } from './files';

/**
 * The figures of a comparison so far, from its files alone; the data are opened only where there is a truth. Loads neither
 * methods nor engines.
 */
export async function readFigures(
  directory: string,
  signal?: AbortSignal,
): Promise<{ info: ComparisonInfo; comparison: Comparison }> {
  const info = await readComparison(directory);
  const { truth } = info.config.truth === undefined ? {} : await readAxes(info.config);
  const comparison = await aggregate(info.config, info.methods, await readFits(directory), truth, signal);
  return { info, comparison };
}
