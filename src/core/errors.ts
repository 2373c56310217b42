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

/** Whether `error` is a {@link UserError}, also after it crossed a thread boundary (structured clone keeps only the name). */
export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && error.name === 'UserError';
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
