import { InterruptedError, messageOf } from '../errors';
import { saysDeviceLost } from '../interruption';

/**
 * How a buffer that could not be had comes to light: Dawn writes the reason (VK_ERROR_OUT_OF_DEVICE_MEMORY, a limit of the
 * adapter) to the log only, and the first operator that uses the buffer, or its download, fails with one of these.
 */
const NO_BUFFER =
  /\[Invalid (Buffer|BindGroup)\b|Failed to download data from buffer|exceeds the max (buffer size|storage buffer)|larger than the maximum (storage )?buffer|Allocation size too large/i;

/**
 * What `error`, thrown by ONNX Runtime while it ran a step on a GPU, means: an interruption, after which the run's
 * checkpoint is as good as before. Errors of another kind are returned as they are.
 *
 * @param task what was running, e.g. 'the step "embedding"'
 */
export function gpuError(error: unknown, task: string): unknown {
  const message = messageOf(error);
  if (!NO_BUFFER.test(message) || saysDeviceLost(message)) return error;
  const first = message.split('\n', 1)[0].replace(/[.\s]+$/, '');
  return new InterruptedError(
    `The GPU is out of memory or was lost, or a tensor is larger than it allows: ${task} has no room for its buffers (${first}). ` +
      'Choose a smaller "window.batch" or "model.widthFactor", or the engine "cpu".',
    undefined,
    { cause: error },
  );
}
