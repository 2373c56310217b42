import type { EngineChoice } from '../config';
import { automaticChoice } from '../devices/automatic';
import type { Choice } from '../devices/choose';
import { messageOf, UserError } from '../errors';
import { createCudaEngine } from './cuda';
import { createReferenceEngine } from './eagerEngine';
import type { Engine } from './engine';
import { locationsFrom } from './locations';
import { createOnnxEngine, type OnnxEngineOptions } from './onnxEngine';
import { createTensorflowEngine } from './tensorflow';

export interface EngineHooks {
  /** A warning the user must see. */
  warn?(message: string): void;
  /** One line for the log. */
  log?(message: string): void;
  /** When aborted, engines are no longer tried: the caller is about to stop. */
  readonly signal?: AbortSignal;
}

export interface EngineOptions {
  /** Of the model that is to be run: what is fastest depends on it. */
  readonly widthFactor?: number;
  /** How an engine of ONNX Runtime is made. */
  readonly create?: (options: OnnxEngineOptions) => Promise<Engine>;
  /** What `auto` takes. */
  readonly choose?: typeof automaticChoice;
}

/**
 * The engine for a run. `auto` takes the one that is fastest on this machine; the CPU with a warning where that one does
 * not work, and the slow reference with a warning where not even the CPU does.
 *
 * @throws UserError when an engine was asked for by name and does not work here: what is missing, and what to do.
 */
export async function createEngine(
  choice: EngineChoice,
  hooks: EngineHooks = {},
  options: EngineOptions = {},
): Promise<Engine> {
  const create = options.create ?? createOnnxEngine;
  switch (choice) {
    case 'auto':
      return createFastest(hooks, options, create);
    case 'reference':
      return createReferenceEngine();
    case 'cpu':
      try {
        return await create({});
      } catch (error) {
        throw new UserError(
          `${notLoaded(error)}. Choose the engine "reference", which is slow but runs everywhere.`,
          { cause: error },
        );
      }
    case 'webgpu':
    case 'cuda':
    case 'tensorflow':
      return createNamed(choice, create);
  }
}

async function createNamed(
  engine: 'webgpu' | 'cuda' | 'tensorflow',
  create: NonNullable<EngineOptions['create']>,
): Promise<Engine> {
  const locations = locationsFrom(process.env);
  if (engine === 'cuda') return createCudaEngine(locations.cuda, create);
  if (engine === 'tensorflow') return createTensorflowEngine(locations.tensorflow);
  try {
    return await create({ device: 'webgpu' });
  } catch (error) {
    throw new UserError(
      `The GPU cannot be used through WebGPU on this machine (${shortly(error)}). Choose the engine "cpu", or install the GPU's driver (on Linux with Vulkan).`,
      { cause: error },
    );
  }
}

async function createFastest(
  hooks: EngineHooks,
  { widthFactor = 0.125, choose = automaticChoice }: EngineOptions,
  create: NonNullable<EngineOptions['create']>,
): Promise<Engine> {
  const choice = await choose({ widthFactor, log: hooks.log, signal: hooks.signal });
  choice.warnings.forEach((warning) => hooks.warn?.(warning));
  let reason = choice.reason;
  if (choice.engine !== 'cpu') {
    try {
      return chosen(await createNamed(choice.engine, create), choice, hooks);
    } catch (error) {
      await choice.forget();
      reason = `The engine "${choice.engine}" was the fastest in its trial, but does not work now: ${messageOf(error)}`;
      hooks.warn?.(`${reason} The CPU is used instead.`);
    }
  }
  try {
    return chosen(await create({ threads: choice.threads }), { ...choice, reason }, hooks);
  } catch (error) {
    reason = `${notLoaded(error)}. The slow reference engine is used instead; expect a run to take many times longer.`;
    hooks.warn?.(reason);
    return { ...(await createReferenceEngine()), choice: reason };
  }
}

function chosen(engine: Engine, { reason }: Choice, hooks: EngineHooks): Engine {
  hooks.log?.(`Engine: ${engine.description}. ${reason}`);
  return { ...engine, choice: reason };
}

function notLoaded(error: unknown): string {
  return `ONNX Runtime cannot be loaded on ${process.platform}-${process.arch}: ${messageOf(error)}`;
}

/** ONNX Runtime's messages begin with where in its sources they come from. */
function shortly(error: unknown): string {
  const message = messageOf(error);
  return (/Failed to [^\n]*/.exec(message)?.[0] ?? message).replace(/[.\s]+$/, '');
}
