import { CommanderError } from 'commander';
import { InterruptedError, isUserError, messageOf } from '../core/errors';

/** What the exit code says to scripts and batch systems. */
export const exitCodes = { done: 0, ourFault: 1, userError: 2, stopped: 130 } as const;

/** Thrown when a run was stopped by a signal, and the user has been told what to do next. */
export class Stopped extends Error {}

/** Tells the user what went wrong, as it concerns them; returns the exit code. */
export function report(error: unknown): number {
  if (error instanceof Stopped) return exitCodes.stopped;
  // Commander has printed its message already (or the help that was asked for).
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.userError;
  if (isUserError(error)) {
    console.error(`error: ${oneLine(error.message)}`);
    return exitCodes.userError;
  }
  console.error(`error: ${oneLine(messageOf(error))}`);
  if (!(error instanceof InterruptedError)) {
    if (error instanceof Error && error.stack) console.error(error.stack);
    console.error('This is a fault of climate-clustering, not yours. Please report it with the lines above.');
  }
  return exitCodes.ourFault;
}

/** Scripts read errors by the line. */
function oneLine(message: string): string {
  return message.trim().replace(/\s*\n\s*/g, ' ');
}
