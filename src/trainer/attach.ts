/** Connects a trainer to the host that started it, as a worker thread or as a child process. */
import { parentPort } from 'node:worker_threads';
import { serveTrainer, type Pipeline } from './serve';

/** Serves `pipeline` to the host. Throws when there is none. */
export function attachTrainer(pipeline: () => Promise<Pipeline>): void {
  if (parentPort) {
    const port = parentPort;
    serveTrainer(
      { post: (message) => port.postMessage(message), onMessage: (listener) => port.on('message', listener) },
      pipeline,
      () => port.close(),
    );
  } else if (process.send) {
    const cancel = serveTrainer(
      {
        // What is said to a host that is gone is dropped.
        post: (message) => void (process.connected && process.send!(message, undefined, {}, () => {})),
        onMessage: (listener) => process.on('message', listener),
      },
      pipeline,
      () => process.disconnect(),
    );
    // The host has ended the connection, or has died: nobody waits for a result any more. A run that still goes on
    // stops after its step, so that its checkpoint stays good.
    process.on('disconnect', cancel);
    // A terminal sends Ctrl-C to every process of the group; the host decides what becomes of the run.
    process.on('SIGINT', () => {});
  } else {
    throw new Error('The trainer is started by the extension or by climate-clustering, not by hand.');
  }
}
