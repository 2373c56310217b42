import type { EngineChoice } from '../config';
import { messageOf, UserError } from '../errors';
import { createReferenceEngine } from './eagerEngine';
import type { Engine } from './engine';
import { createOnnxEngine, type OnnxEngineOptions } from './onnxEngine';

export interface EngineHooks {
  /** A warning the user must see. */
  warn?(message: string): void;
}

/**
 * The engine for a run. `auto` takes ONNX Runtime on the CPU, and the slow reference with a warning where that does not
 * work; the GPU is used only when it is asked for.
 *
 * @throws UserError when `cpu` was asked for and ONNX Runtime cannot be loaded here, or `webgpu` and there is no GPU that
 * it can use.
 */
export async function createEngine(
  choice: EngineChoice,
  hooks: EngineHooks = {},
  create: (options: OnnxEngineOptions) => Promise<Engine> = createOnnxEngine,
): Promise<Engine> {
  if (choice === 'reference') return createReferenceEngine();
  if (choice === 'webgpu') {
    try {
      return await create({ device: 'webgpu' });
    } catch (error) {
      throw new UserError(
        `The GPU cannot be used through WebGPU on this machine (${shortly(error)}). Choose the engine "cpu", or install the GPU's driver (on Linux with Vulkan).`,
        { cause: error },
      );
    }
  }
  try {
    return await create({});
  } catch (error) {
    const reason = `ONNX Runtime cannot be loaded on ${process.platform}-${process.arch}: ${messageOf(error)}`;
    if (choice === 'cpu') {
      throw new UserError(`${reason}. Choose the engine "reference", which is slow but runs everywhere.`, {
        cause: error,
      });
    }
    hooks.warn?.(
      `${reason}. The slow reference engine is used instead; expect a run to take many times longer.`,
    );
    return createReferenceEngine();
  }
}

/** ONNX Runtime's messages begin with where in its sources they come from. */
function shortly(error: unknown): string {
  const message = messageOf(error);
  return (/Failed to [^\n]*/.exec(message)?.[0] ?? message).replace(/[.\s]+$/, '');
}
