/**
 * A trainer with a stand-in for the pipeline: everything else (thread or process, RPC, throttling, cancellation) is
 * what the real trainer uses. `config.files[0]` says what the run does.
 */
import type { ClusterChoice } from '../../../src/core/choose/choice';
import type { CompareHooks } from '../../../src/core/compare/compare';
import { CancelledError, UserError } from '../../../src/core/errors';
import type { Progress, RunHooks, RunSummary } from '../../../src/core/progress';
import { claimRun } from '../../../src/core/results/runLock';
import { attachTrainer } from '../../../src/trainer/attach';
import type { Pipeline } from '../../../src/trainer/serve';

const times = ['2008-01-01T00:00:00', '2008-01-02T00:00:00'];

/** A part of a larger buffer, as an engine may give it: only the part may cross. */
const part = (...values: number[]): Float32Array =>
  Float32Array.of(9, ...values, 9).subarray(1, values.length + 1);

function series(
  labelling: number,
): Pick<Progress, 'labelling' | 'labels' | 'memberships' | 'embedding' | 'dimensions'> {
  return {
    labelling,
    labels: Int32Array.of(0, 1),
    memberships: part(0.75, 0.25, 0.5, labelling),
    embedding: part(1, 2, 3, 4, NaN, 6),
    dimensions: 3,
  };
}

function snapshot(step: number, phase: Progress['phase'] = 'joint'): Progress {
  return {
    runDirectory: '/runs/1',
    engine: 'stand-in',
    phase,
    epoch: 0,
    epochs: 1,
    step,
    steps: 1000,
    history: [],
    clusters: 2,
    times,
    // Three labellings: after steps 0, 100 and 200.
    ...series(1 + Math.min(2, Math.floor(step / 100))),
  };
}

const summary: RunSummary = {
  runDirectory: '/runs/1',
  clusters: 2,
  nonEmptyClusters: 2,
  metrics: {
    silhouetteCosine: 0.5,
    silhouetteEuclidean: NaN,
    daviesBouldin: 1,
    calinskiHarabasz: 100,
    rmse: 1,
    variance: 0.1,
    interClusterDistance: 2,
    centroidDistance: 3,
  },
  engine: 'stand-in',
  seconds: 1,
};

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
function compute(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

/** Steps of 2 ms that block the thread, as native code does, until it is cancelled. */
async function train(hooks: RunHooks, steps: number): Promise<RunSummary> {
  for (let step = 1; step <= steps; step++) {
    compute(2);
    hooks.progress?.(snapshot(step));
    await nextTurn();
    if (hooks.signal?.aborted) {
      hooks.log?.('checkpoint written');
      throw new CancelledError();
    }
  }
  hooks.progress?.(snapshot(steps, 'done'));
  return summary;
}

const pipeline: Pipeline = {
  async clusterFiles(config, hooks) {
    switch (config.files[0]) {
      case 'finish':
        hooks.warn?.('a warning');
        return train(hooks, 300);
      case 'endless':
        return train(hooks, Infinity);
      case 'user error':
        throw new UserError('The file is empty.');
      case 'our error':
        throw new TypeError('x is not a function');
      case 'print':
        console.log('to stdout');
        console.error('to stderr');
        return summary;
      case 'exit':
        hooks.progress?.(snapshot(1));
        await nextTurn();
        return process.exit(3);
      case 'lost': {
        // A run of its own, in the directory that is the second file.
        await claimRun(config.files[1]);
        hooks.warn?.('a warning');
        hooks.progress?.({ ...snapshot(1), runDirectory: config.files[1] });
        await nextTurn();
        return process.exit(3);
      }
      case 'hoard': {
        hooks.progress?.({ ...snapshot(1), runDirectory: config.files[1] });
        await nextTurn();
        const kept: object[] = [];
        for (;;) kept.push(Array.from({ length: 1000 }, (_, i) => ({ i })));
      }
      case 'uncaught':
        setImmediate(() => {
          throw new Error('nobody catches this');
        });
        return new Promise(() => {});
      case 'pid':
        hooks.log?.(String(process.pid));
        return train(hooks, Infinity);
      case 'deaf':
        // Never looks at the signal.
        for (;;) await nextTurn();
      default:
        throw new Error('unknown case');
    }
  },
  async resumeRun(runDirectory, hooks) {
    hooks.log?.(`resuming ${runDirectory}`);
    return train(hooks, 1);
  },
  async chooseForFiles({ config }, hooks) {
    hooks.progress?.(0.5);
    switch (config.files[0]) {
      case 'user error':
        throw new UserError('The file is empty.');
      case 'exit':
        await nextTurn();
        return process.exit(3);
      case 'endless':
        for (;;) {
          await nextTurn();
          if (hooks.signal?.aborted) throw new CancelledError();
        }
      case 'deaf':
        for (;;) await nextTurn();
      default:
        return { most: config.files.length } as ClusterChoice;
    }
  },
  compareHere: ({ files }, hooks) => compare(files[0], hooks),
  resumeHere: (directory, hooks) => compare(directory, hooks),
  describeMethods: () => [
    { id: 'a', title: 'A', kind: 'classical', reference: 'B', description: 'C', deterministic: true },
  ],
  async fitHere({ method, seed }, hooks) {
    hooks.progress?.(0.5);
    hooks.warn?.('a warning');
    const labels = Int32Array.of(0, 1, seed);
    const cost = { seconds: 1, processorSeconds: 1, peakMemory: process.pid, memoryBefore: 1 };
    switch (method) {
      case 'finish':
        return {
          state: 'done',
          cost,
          warnings: ['of the fit'],
          labellings: [{ name: '', labels, metrics: summary.metrics }],
        };
      case 'unreadable':
        throw new UserError('The file is empty.');
      case 'exit':
        await nextTurn();
        return process.exit(3);
      case 'abort':
        await nextTurn();
        return process.abort();
      case 'endless':
        for (;;) {
          await nextTurn();
          if (hooks.signal?.aborted) throw new CancelledError();
        }
      case 'deaf':
        for (;;) await nextTurn();
      default:
        throw new Error('unknown case');
    }
  },
};

/** Comparisons that go on until they are cancelled, in the directory that is their first file. */
async function compare(directory: string, hooks: CompareHooks): Promise<string> {
  const current = { method: 'a', title: 'A', seed: 1 };
  for (let done = 0; directory !== 'quick'; done = 1) {
    await nextTurn();
    hooks.progress?.({ directory, done, total: 2, failed: 0, current });
    if (hooks.signal?.aborted) throw new CancelledError();
  }
  hooks.warn?.('a warning');
  hooks.progress?.({ directory, done: 2, total: 2, failed: 0 });
  return directory;
}

attachTrainer(() => Promise.resolve(pipeline));
