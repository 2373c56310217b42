/** Entry of dist/trial.js: one trial of an engine, asked for by `core/devices/trial.ts`, told through its channel. */
import { driversAmong, loadedLibraries } from '../core/devices/drivers';
import { problems, type Problem } from '../core/devices/problems';
import { measureSpeed } from '../core/devices/speed';
import type { TrialMessage, TrialRequest } from '../core/devices/trial';
import { createEngine } from '../core/engine/engines';
import { encodeProbe } from '../core/engine/onnxDownload';
import { createOnnxEngine, loadRuntime } from '../core/engine/onnxEngine';
import { messageOf } from '../core/errors';

function tell(message: TrialMessage): Promise<void> {
  return new Promise((resolve) => process.send!(message, () => resolve()));
}

/** The hardware is named in the log when ONNX Runtime is first used, and when the log is that wordy. */
async function list(): Promise<void> {
  const runtime = await loadRuntime();
  runtime.env.logLevel = 'verbose';
  await (await runtime.InferenceSession.create(encodeProbe(), { logSeverityLevel: 4 })).release();
  const { node, common } = runtime.env.versions;
  await tell({ kind: 'runtime', onnxruntime: node ?? common });
}

async function measure(request: TrialRequest & { task: 'measure' }): Promise<void> {
  const all = Object.keys(problems) as Problem[];
  if (request.engine === 'cpu') {
    const [most, ...fewer] = request.threads ?? [];
    for (const threads of [most, ...fewer]) {
      const speed = await measureSpeed(await createOnnxEngine({ threads }), all[0]);
      await tell({ kind: 'speed', problem: all[0], ...speed, threads });
    }
    const engine = await createOnnxEngine({ threads: most });
    await tell({ kind: 'engine', description: engine.description });
    for (const problem of all.slice(1))
      await tell({ kind: 'speed', problem, ...(await measureSpeed(engine, problem)), threads: most });
    return;
  }
  const engine = await createEngine(request.engine);
  await tell({ kind: 'engine', description: engine.description });
  const drivers = driversAmong(loadedLibraries());
  await tell({ kind: 'drivers', drivers });
  // What a program on the CPU does with a wide layer takes minutes, and nobody needs to know.
  const software = drivers.length > 0 && drivers.every((driver) => driver.software);
  for (const problem of software ? all.slice(0, 1) : all)
    await tell({ kind: 'speed', problem, ...(await measureSpeed(engine, problem)) });
}

async function main(request: TrialRequest): Promise<void> {
  try {
    await (request.task === 'list' ? list() : measure(request));
    await tell({ kind: 'done' });
  } catch (error) {
    await tell({ kind: 'refused', message: messageOf(error) });
  }
  process.exit();
}

// Nobody listens any more.
process.on('disconnect', () => process.exit());
void main(JSON.parse(process.argv[2]) as TrialRequest);
