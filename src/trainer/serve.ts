/** The trainer's end of the RPC, without the pipeline it runs: that one is passed in. */
import type { ClusterChoice } from '../core/choose/choice';
import type { ChooseHooks, ChooseRequest } from '../core/choose/chooseForFiles';
import type { CompareHooks } from '../core/compare/compare';
import type { CompareConfig } from '../core/compare/config';
import type { FitHooks, FitJob, FitOutcome } from '../core/compare/fit';
import type { RunConfig } from '../core/config';
import { CancelledError } from '../core/errors';
import { splitSeries, type RunHooks, type RunSummary, type Series } from '../core/progress';
import {
  hostNotifications,
  type MethodDescription,
  type TrainerCalls,
  type TrainerEvents,
} from '../protocol/trainer';
import { connect, type Channel } from '../threads/rpc';
import { ProgressThrottle } from './throttle';

/** Milliseconds between two snapshots: fluent for the eye, negligible beside the training. */
const progressInterval = 250;

/** What a trainer can do. The pipelines of `core/cluster.ts`, `core/compare/fit.ts` and `core/choose/chooseForFiles.ts`, or a stand-in under test. */
export interface Pipeline {
  clusterFiles(config: RunConfig, hooks: RunHooks): Promise<RunSummary>;
  resumeRun(runDirectory: string, hooks: RunHooks): Promise<RunSummary>;
  fitHere(job: FitJob, hooks: FitHooks): Promise<FitOutcome>;
  compareHere(config: CompareConfig, hooks: CompareHooks): Promise<string>;
  resumeHere(directory: string, hooks: CompareHooks): Promise<string>;
  describeMethods(): MethodDescription[];
  chooseForFiles(request: ChooseRequest, hooks: ChooseHooks): Promise<ClusterChoice>;
}

/**
 * Serves `pipeline` on `channel` until the host says `close`; then calls `end`.
 *
 * A cancellation arrives as a message, and a thread receives none while it computes: the pipeline must return to the
 * event loop between its steps (awaiting a resolved promise does not).
 */
export function serveTrainer(
  channel: Channel,
  pipeline: () => Promise<Pipeline>,
  end: () => void,
): () => void {
  const stop = new AbortController();

  async function run(
    start: (pipeline: Pipeline, hooks: RunHooks) => Promise<RunSummary>,
  ): Promise<RunSummary> {
    let sent: Series | undefined;
    const throttle = new ProgressThrottle((snapshot) => {
      const { series, rest } = splitSeries(snapshot);
      if (sent?.labelling !== series.labelling || sent.times !== series.times) void host.series(series);
      sent = series;
      void host.progress(rest);
    }, progressInterval);
    const hooks: RunHooks = {
      progress: (snapshot) => throttle.push(snapshot),
      log: (message) => void host.log(message),
      warn: (message) => void host.warn(message),
      signal: stop.signal,
    };
    try {
      // Cancelled before it began.
      if (stop.signal.aborted) throw new CancelledError();
      return await start(await pipeline(), hooks);
    } finally {
      throttle.flush();
    }
  }

  /** Something that saves nothing, and of which only the share that is done is told. */
  async function work<T>(
    begin: (pipeline: Pipeline, hooks: FitHooks & ChooseHooks) => Promise<T>,
  ): Promise<T> {
    if (stop.signal.aborted) throw new CancelledError();
    let sentAt = -Infinity;
    return begin(await pipeline(), {
      progress: (share) => {
        if (performance.now() - sentAt < progressInterval) return;
        sentAt = performance.now();
        void host.share(share);
      },
      log: (message) => void host.log(message),
      warn: (message) => void host.warn(message),
      signal: stop.signal,
    });
  }

  async function compare(
    start: (pipeline: Pipeline, hooks: CompareHooks) => Promise<string>,
  ): Promise<string> {
    if (stop.signal.aborted) throw new CancelledError();
    return start(await pipeline(), {
      progress: (progress) => void host.comparing(progress),
      log: (message) => void host.log(message),
      warn: (message) => void host.warn(message),
      signal: stop.signal,
    });
  }

  const calls: TrainerCalls = {
    cluster: (config) => run((p, hooks) => p.clusterFiles(config, hooks)),
    resume: (runDirectory) => run((p, hooks) => p.resumeRun(runDirectory, hooks)),
    fit: (job) => work((p, hooks) => p.fitHere(job, hooks)),
    compare: (config) => compare((p, hooks) => p.compareHere(config, hooks)),
    resumeComparison: (directory) => compare((p, hooks) => p.resumeHere(directory, hooks)),
    methods: async () => (await pipeline()).describeMethods(),
    choose: (request) => work((p, hooks) => p.chooseForFiles(request, hooks)),
    cancel: () => stop.abort(),
    ping: () => 'ready',
    close: end,
  };
  const host = connect<TrainerEvents, TrainerCalls>(channel, calls, hostNotifications);
  return () => stop.abort();
}
