import { describe, expect, it } from 'vitest';
import { CancelledError, InterruptedError, UserError } from '../../../src/core/errors';
import { interruptionOf } from '../../../src/core/interruption';
import { endOfProcess, endOfThread, LastWords } from '../../../src/threads/ending';

const saying = (...lines: string[]): LastWords => {
  const words = new LastWords();
  lines.forEach((line) => words.add(line));
  return words;
};

describe('how a process has ended', () => {
  it.each([
    [null, 'SIGKILL', 'killed'],
    [null, 'SIGTERM', 'killed'],
    [null, 'SIGSEGV', 'crash'],
    [null, 'SIGABRT', 'crash'],
    [134, null, 'crash'],
    [3, null, 'error'],
    // Windows: access violation, no memory, Chromium's own code for no memory (as it is reported, signed).
    [3221225477, null, 'crash'],
    [3221225495, null, 'memory'],
    [-536870904, null, 'memory'],
  ] as const)('code %s, signal %s: %s', (code, signal, cause) => {
    expect(endOfProcess(code, signal, saying('some output')).cause).toBe(cause);
  });

  // As V8, the C++ library and ONNX Runtime said it when they were given too little.
  it.each([
    [
      'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
      'Reached heap limit Allocation failed - JavaScript heap out of memory',
    ],
    [
      'FATAL ERROR: Zone Allocation failed - process out of memory',
      'Zone Allocation failed - process out of memory',
    ],
    ['  what():  std::bad_alloc', 'std::bad_alloc'],
  ])('aborted after "%s": of memory', (line, reason) => {
    const lines = saying(
      'before',
      line,
      ...Array.from({ length: 50 }, (_, i) => ` ${i}: 0xb78db3 node::Abort()`),
    );
    expect(endOfProcess(null, 'SIGABRT', lines)).toEqual({ reason, cause: 'memory' });
  });

  it('what was said long ago, or before a kill, tells nothing of the end', () => {
    const line = 'warning: allocation failed, trying again';
    expect(endOfProcess(null, 'SIGKILL', saying(line)).cause).toBe('killed');
    const long = saying(line, ...Array.from({ length: 1000 }, (_, i) => `line ${i}`));
    expect(endOfProcess(null, 'SIGABRT', long).cause).toBe('crash');
  });
});

describe('how a thread has ended', () => {
  it('by an exception, an exit or a limit of its heap', () => {
    expect(endOfThread(1, new Error('x is not a function'))).toEqual({
      reason: 'x is not a function',
      cause: 'error',
    });
    expect(endOfThread(3, undefined)).toEqual({ reason: 'exit code 3', cause: 'error' });
    const limit = Object.assign(new Error('Worker terminated'), { code: 'ERR_WORKER_OUT_OF_MEMORY' });
    expect(endOfThread(1, limit).cause).toBe('memory');
  });
});

describe('an error of the machine', () => {
  it.each([
    ['RangeError', 'Array buffer allocation failed'],
    [
      'Error',
      "Non-zero status code returned while running Conv node. Name:'Conv_2' Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:360 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool) Failed to allocate memory for requested buffer of size 134217728",
    ],
    ['Error', 'Non-zero status code returned while running Sub node. Status Message: std::bad_alloc'],
    ['Error', 'WebAssembly.Memory.grow(): could not allocate memory'],
  ])('is memory: %s, %s', (name, message) => {
    const error = name === 'RangeError' ? new RangeError(message) : new Error(message);
    const interruption = interruptionOf(error)!;
    expect(interruption).toBeInstanceOf(InterruptedError);
    expect(interruption.message).toMatch(
      /^Memory ran out \(.*\)\. .*"window\.batch" or "model\.widthFactor", fewer variables/,
    );
    expect(interruption.message).not.toContain('onnxruntime_src');
    expect(interruption.cause).toBe(error);
  });

  it.each([
    'Failed to download data from buffer. wgpu::MapAsyncStatus value: 3',
    '[Device "GPU"] is lost.',
    'CUDA failure 700: an illegal memory access was encountered ; GPU=0 ; hostname=node17',
    'vkQueueSubmit failed with VK_ERROR_DEVICE_LOST',
    'DXGI_ERROR_DEVICE_REMOVED',
  ])('is a lost GPU: %s', (message) => {
    const interruption = interruptionOf(new Error(message), true)!;
    expect(interruption.message).toMatch(/^The GPU was lost \(.*\): .* engine "cpu"\.$/);
  });

  it.each([
    'CUDA failure 2: out of memory ; GPU=0',
    'OOM when allocating tensor with shape[64,128,180,360]',
    'vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY',
  ])("is the GPU's memory: %s", (message) => {
    const interruption = interruptionOf(new Error(message), true)!;
    expect(interruption.message).toMatch(/^The GPU's memory ran out \(.*\)\. .*engine "cpu"/);
    // What JavaScript cannot have is no matter of the GPU.
    expect(interruptionOf(new RangeError('Array buffer allocation failed'), true)!.message).toMatch(
      /^Memory ran/,
    );
  });

  it('is nothing that the user or the program has done', () => {
    for (const error of [
      new UserError('The device removed.nc is out of memory.'),
      new CancelledError(),
      new TypeError('x is not a function'),
      new Error('The loss "target" became NaN in epoch 3.'),
      'Failed to download data from buffer',
    ])
      expect(interruptionOf(error)).toBeUndefined();
    const known = new InterruptedError('It was killed.');
    expect(interruptionOf(known)).toBe(known);
  });
});
