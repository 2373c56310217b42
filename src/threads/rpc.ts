/**
 * The typed RPC between the host and what runs beside it: birpc over the messages of a worker thread or of a child process.
 * What can be said is in protocol/trainer.ts and protocol/reader.ts.
 */
import { createBirpc, type BirpcReturn } from 'birpc';
import { CancelledError, InterruptedError, UserError } from '../core/errors';

/** One end of a message channel. */
export interface Channel {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** An error as it crosses the boundary: structured clone would turn the name of any class of ours into "Error". */
interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

interface Response {
  /** birpc's field for the error of a call. */
  e?: unknown;
}

function pack(error: unknown): PackedError {
  return error instanceof Error
    ? { name: error.name, message: error.message, stack: error.stack }
    : { name: 'Error', message: String(error) };
}

function unpack({ name, message, stack }: PackedError): Error {
  const error =
    name === 'UserError'
      ? new UserError(message)
      : name === 'CancelledError'
        ? new CancelledError(message)
        : name === 'InterruptedError'
          ? new InterruptedError(message)
          : Object.assign(new Error(message), { name });
  // The other end's stack says where it happened; ours would only say that a message came in.
  error.stack = stack;
  return error;
}

/**
 * Serves `local` on `channel` and returns the functions of the other end. `notifications` names those of the other
 * end that get no answer. Calls wait for their answer as long as it takes; whoever sees the other end die must call
 * `$close(error)`, which rejects them.
 */
export function connect<Remote extends object, Local extends object>(
  channel: Channel,
  local: Local,
  notifications: readonly (keyof Remote)[],
): BirpcReturn<Remote, Local> {
  return createBirpc<Remote, Local>(local, {
    post: (message) => channel.post(message),
    on: (listener) => channel.onMessage(listener),
    serialize: (message: Response) =>
      message.e === undefined ? message : { ...message, e: pack(message.e) },
    deserialize: (message: Response) =>
      message.e === undefined ? message : { ...message, e: unpack(message.e as PackedError) },
    eventNames: [...notifications],
    timeout: -1,
  });
}
