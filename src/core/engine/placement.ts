import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ElementType, Engine, StepDefinition, TensorData, TensorValues } from './engine';
import { sizeOf } from './graph';
import { createOnnxEngine, type OnnxEngineOptions } from './onnxEngine';

/** Where ONNX Runtime computes the nodes of a step. */
export interface Placement {
  /** How many nodes each provider has, e.g. `{ WebGpuExecutionProvider: 520 }`. */
  readonly nodes: Readonly<Record<string, number>>;
  /** How many nodes of each operator the CPU has, e.g. `{ Or: 1 }`. */
  readonly onCpu: Readonly<Record<string, number>>;
  /** Nodes that were inserted to copy between the device and the CPU. */
  readonly copies: number;
}

interface ProfileEvent {
  readonly cat?: string;
  readonly args?: {
    readonly provider?: string;
    readonly op_name?: string;
    readonly node_index?: string | number;
  };
}

/** The placement that a profile of ONNX Runtime shows: each node that ran, counted once. */
export function placementIn(profile: readonly ProfileEvent[]): Placement {
  const seen = new Set<string>();
  const nodes: Record<string, number> = {};
  const onCpu: Record<string, number> = {};
  let copies = 0;
  for (const { cat, args } of profile) {
    if (cat !== 'Node' || !args?.provider || !args.op_name) continue;
    const key = `${args.op_name}/${args.node_index}`;
    if (seen.has(key)) continue;
    seen.add(key);
    nodes[args.provider] = (nodes[args.provider] ?? 0) + 1;
    if (args.op_name.startsWith('Memcpy')) copies++;
    else if (args.provider === 'CPUExecutionProvider') onCpu[args.op_name] = (onCpu[args.op_name] ?? 0) + 1;
  }
  return { nodes, onCpu, copies };
}

/**
 * Compiles a step, runs it once on zeros, and returns where its nodes were computed. What ONNX Runtime folds into constants
 * when the session is made is not among them.
 *
 * @param initial the state that the step reads
 */
export async function placementOf(
  step: StepDefinition,
  initial: TensorValues,
  options: OnnxEngineOptions,
): Promise<Placement> {
  return (await profiled(options, (engine) => runOnce(engine, step, initial))).placement;
}

/** What `use` returns, and the placement of the steps that it compiled, ran and disposed of. */
export async function profiled<T>(
  options: OnnxEngineOptions,
  use: (engine: Engine) => Promise<T>,
): Promise<{ result: T; placement: Placement }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'climate-clustering-profile-'));
  try {
    const engine = await createOnnxEngine({ ...options, profileFilePrefix: path.join(folder, 'profile-') });
    const result = await use(engine);
    const events: ProfileEvent[] = [];
    for (const file of await readdir(folder)) {
      const text = await readFile(path.join(folder, file), 'utf8');
      for (const event of JSON.parse(text) as ProfileEvent[]) events.push(event);
    }
    return { result, placement: placementIn(events) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runOnce(engine: Engine, step: StepDefinition, initial: TensorValues): Promise<void> {
  const state = await engine.createState(initial);
  const compiled = await engine.compile(step, state);
  try {
    await compiled.run(zerosFor(step));
  } finally {
    compiled.dispose();
    // The profile is written when the session ends, which the state waits for.
    await state.read([]);
    state.dispose();
  }
}

function zerosFor(step: StepDefinition): Record<string, TensorData> {
  const zeros: Record<ElementType, (size: number) => TensorData> = {
    float32: (size) => new Float32Array(size),
    int32: (size) => new Int32Array(size),
    bool: (size) => new Uint8Array(size),
  };
  return Object.fromEntries(
    Object.entries(step.inputs).map(([name, { shape, dtype }]) => [name, zeros[dtype](sizeOf(shape))]),
  );
}
