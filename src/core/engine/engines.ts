import { messageOf, UserError } from '../errors';
import { createReferenceEngine } from './eagerEngine';
import type { Engine } from './engine';
import { createOnnxEngine } from './onnxEngine';

/** What a user can ask for. */
export type EngineChoice = 'auto' | 'cpu' | 'reference';

export interface EngineHooks {
  /** A warning the user must see. */
  warn?(message: string): void;
}

/**
 * The engine for a run. `auto` takes the fastest that works on this machine and warns when that is the slow reference.
 *
 * @throws UserError when `cpu` was asked for and ONNX Runtime cannot be loaded here.
 */
export async function createEngine(
  choice: EngineChoice,
  hooks: EngineHooks = {},
  create: () => Promise<Engine> = createOnnxEngine,
): Promise<Engine> {
  if (choice === 'reference') return createReferenceEngine();
  try {
    return await create();
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
