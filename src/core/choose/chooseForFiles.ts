import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import type { RunConfig } from '../config';
import { loadFrames } from '../data/loadFrames';
import { createProducts } from '../evaluation/products';
import type { ClusterChoice } from './choice';
import { chooseClusters, DEFAULT_MOST } from './chooseClusters';

/** What the number of clusters is chosen for: the data as a run would use them. */
export interface ChooseRequest {
  readonly config: Pick<
    RunConfig,
    'files' | 'variables' | 'select' | 'time' | 'bbox' | 'seed' | 'memoryLimit' | 'hyperParameters' | 'out'
  >;
  /** The largest K to try; 12 by default. */
  readonly most?: number;
}

export interface ChooseHooks {
  /** The share that is done, 0 to 1. */
  progress?(share: number): void;
  log?(message: string): void;
  warn?(message: string): void;
  readonly signal?: AbortSignal;
}

/** Reading takes about as long as a tenth of the rest. */
const READING = 0.1;

/**
 * Reads the data and chooses their number of clusters. Throws a UserError when they cannot be read, or are too few or all
 * equal; CancelledError.
 */
export async function chooseForFiles(
  { config, most = DEFAULT_MOST }: ChooseRequest,
  hooks: ChooseHooks = {},
): Promise<ClusterChoice> {
  const { signal } = hooks;
  const log = (message: string): void => hooks.log?.(message);
  const streaming = { folders: [...(config.out ? [config.out] : []), dirname(config.files[0]), tmpdir()] };
  hooks.progress?.(0);
  const frames = await loadFrames({ ...config, streaming }, { note: log, signal });
  try {
    if (frames.missing.emptySteps.length > 0) {
      hooks.warn?.(
        `${frames.missing.emptySteps.length} time steps have no value at all in some variable; they were filled with its mean, and may look like a cluster.`,
      );
    }
    const products = await createProducts({ log });
    try {
      return await chooseClusters(frames.table, {
        most,
        seed: config.seed,
        products,
        signal,
        progress: (share) => hooks.progress?.(READING + (1 - READING) * share),
      });
    } finally {
      await products.dispose();
    }
  } finally {
    await frames.table.close();
  }
}
