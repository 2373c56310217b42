/**
 * An error that a user can mend: the message says what is wrong with *their* file or setting and what to do.
 * Shown without a stack trace; the command line exits with code 2.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** Thrown when a run was stopped on request; its checkpoint can be resumed. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  constructor(message = 'The run was stopped.') {
    super(message);
  }
}

/**
 * Thrown when the machine has ended a run, and neither its data nor its settings: memory ran out, the GPU was lost, the
 * trainer was killed. What the last checkpoint holds is not lost.
 */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  /** @param runDirectory the run that was interrupted, where it is known */
  constructor(
    message: string,
    readonly runDirectory?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Whether `error` is a {@link UserError}, also after it crossed a thread boundary (structured clone keeps only the name). */
export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && error.name === 'UserError';
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
