import { CancelledError, InterruptedError, isUserError, messageOf } from './errors';

/** What the runtimes say when memory cannot be had: V8, the C++ library, ONNX Runtime, WebAssembly, the system. */
const OUT_OF_MEMORY =
  /out of memory|\bOOM\b|allocation failed|bad[_ ]alloc|failed to allocate memory|could not allocate memory|cannot (allocate|enlarge) memory|ALLOC_FAILED|OUT_OF_(HOST|DEVICE)_MEMORY|ENOMEM/i;

/** What they say when a GPU or its driver is gone: Dawn, Vulkan, Direct3D, CUDA. */
const DEVICE_LOST =
  /device[^\n]{0,80}\b(lost|removed|hung|destroyed)\b|DEVICE_(LOST|REMOVED|HUNG|RESET)|\bCUDA (failure|error)\b|CU(BLAS|DNN|FFT)_STATUS_|cudaError/i;

/**
 * How a read from the GPU fails after the device is lost or was refused memory: the cause itself is then only in the
 * log.
 */
const READ_BACK = /Failed to (download data from buffer|wait for the operation)/i;

const SMALLER =
  'a smaller "window.batch" or "model.widthFactor", fewer variables, a smaller area or a shorter time';

/**
 * `error` as an {@link InterruptedError} where it says that memory ran out or that the GPU was lost: the machine ended the
 * run, and its checkpoint is as good as before. Undefined for all other errors.
 *
 * @param onGpu whether the model was computed on a GPU, whose memory is meant then
 */
export function interruptionOf(error: unknown, onGpu = false): InterruptedError | undefined {
  if (error instanceof InterruptedError) return error;
  if (isUserError(error) || error instanceof CancelledError) return undefined;
  const message = messageOf(error);
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  const reason = inShort(message);
  if (saysOutOfMemory(message) || code === 'ENOMEM' || code === 'ERR_WORKER_OUT_OF_MEMORY') {
    // JavaScript's own arrays are in the machine's memory, whatever computes the model.
    const ranOut = onGpu && !(error instanceof RangeError) ? gpuMemoryRanOut : memoryRanOut;
    return new InterruptedError(ranOut(reason), undefined, { cause: error });
  }
  if (saysDeviceLost(message) || (onGpu && READ_BACK.test(message))) {
    return new InterruptedError(
      `The GPU was lost (${reason}): its driver was reset or updated, it was taken away, or its memory ran out. ` +
        'Resume the run, or start a new one with the engine "cpu".',
      undefined,
      { cause: error },
    );
  }
  return undefined;
}

/** Whether a line of a log or a message says that memory ran out. */
export function saysOutOfMemory(text: string): boolean {
  return OUT_OF_MEMORY.test(text);
}

/** Whether a message says that a GPU or its driver is gone. */
export function saysDeviceLost(text: string): boolean {
  return DEVICE_LOST.test(text);
}

/** What to tell of a run that memory has ended, and what to do. */
export function memoryRanOut(reason: string): string {
  return `Memory ran out (${reason}). Close other programs and resume the run, or start a smaller one: ${SMALLER}.`;
}

function gpuMemoryRanOut(reason: string): string {
  return (
    `The GPU's memory ran out (${reason}). Close other programs that use the GPU and resume the run, or start another ` +
    `one: with the engine "cpu", or with ${SMALLER}.`
  );
}

/** The telling line of a message: ONNX Runtime's begin with where in its sources they come from. */
function inShort(message: string): string {
  const lines = message.split('\n').map((line) => line.trim());
  const telling = lines.find((line) =>
    [OUT_OF_MEMORY, DEVICE_LOST, READ_BACK].some((said) => said.test(line)),
  );
  const text = telling ?? lines[0];
  const at = text.search(/Failed to (allocate|download|wait)|CUDA (failure|error)/i);
  return (at > 0 ? text.slice(at) : text).replace(/[.\s]+$/, '').slice(0, 200);
}
