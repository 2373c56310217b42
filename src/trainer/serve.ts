/** The trainer's end of the RPC, without the pipeline it runs: that one is passed in. */
import type { FitHooks, FitJob, FitOutcome } from '../core/compare/fit';
import type { RunConfig } from '../core/config';
import { CancelledError } from '../core/errors';
import { splitSeries, type RunHooks, type RunSummary, type Series } from '../core/progress';
import { hostNotifications, type TrainerCalls, type TrainerEvents } from '../protocol/trainer';
import { connect, type Channel } from '../threads/rpc';
import { ProgressThrottle } from './throttle';

/** Milliseconds between two snapshots: fluent for the eye, negligible beside the training. */
const progressInterval = 250;

/** What a trainer can do. The pipelines of `core/cluster.ts` and `core/compare/fit.ts`, or a stand-in under test. */
export interface Pipeline {
  clusterFiles(config: RunConfig, hooks: RunHooks): Promise<RunSummary>;
  resumeRun(runDirectory: string, hooks: RunHooks): Promise<RunSummary>;
  fitHere(job: FitJob, hooks: FitHooks): Promise<FitOutcome>;
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

  async function fit(job: FitJob): Promise<FitOutcome> {
    if (stop.signal.aborted) throw new CancelledError();
    let sentAt = -Infinity;
    return (await pipeline()).fitHere(job, {
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

  const calls: TrainerCalls = {
    cluster: (config) => run((p, hooks) => p.clusterFiles(config, hooks)),
    resume: (runDirectory) => run((p, hooks) => p.resumeRun(runDirectory, hooks)),
    fit,
    cancel: () => stop.abort(),
    ping: () => 'ready',
    close: end,
  };
  const host = connect<TrainerEvents, TrainerCalls>(channel, calls, hostNotifications);
  return () => stop.abort();
}
