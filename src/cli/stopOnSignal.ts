/** Ctrl-C, and SIGTERM as batch systems send it. */

/** Aborts `signal` on the first one; the second one ends this process. */
export function stopOnSignal(
  display: { say(text: string): void; end(): void },
  message: string,
): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const release = (): void => signals.forEach((name) => void process.off(name, onSignal));
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      release();
      display.end();
      // Not process.exit: that would wait for the trainer's thread, and could abort in its native code.
      process.kill(process.pid, name);
      return;
    }
    display.say(message);
    controller.abort();
  };
  signals.forEach((name) => void process.on(name, onSignal));
  return { signal: controller.signal, release };
}
