/** The whole generator step of A-DATSC (all losses, gradient clipping, Adam) against PyTorch, in time and memory. */
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOnnxEngine } from '../src/core/engine/onnxEngine';
import { isGeneratorParameter } from '../src/core/model/generator';
import { generatorLosses } from '../src/core/training/steps';
import { generatorProblem } from './generatorProblem';
import { forms, type Measured, printRow, seconds, takeTurns, threads } from './measure';
import { type Form, Peer } from './peer';

/** Fails when a loss is off by more than 1e-4 (of itself or of 1) at the first or at the third step. */
function assertLosses(ours: Record<string, number>[], theirs: Record<string, number>[], form: Form): number {
  let worst = 0;
  theirs.forEach((losses, i) => {
    for (const [name, value] of Object.entries(losses)) {
      const error = Math.abs(ours[i][name] - value) / Math.max(1, Math.abs(value));
      worst = Math.max(worst, error);
      if (!(error < 1e-4)) {
        throw new Error(`Step ${i}: ${name} is ${ours[i][name]}, but ${value} in PyTorch (${form}).`);
      }
    }
  });
  return worst;
}

/** The generator step with widths times `widthFactor`: forward, backward, clipping and Adam. */
export async function benchGenerator(widthFactor: number, folder: string): Promise<Measured> {
  const { architecture, hyperParameters, step, state: initial, inputs } = generatorProblem(widthFactor);
  const engine = await createOnnxEngine({ threads });
  const state = await engine.createState(initial);
  const compiled = await engine.compile(step, state);
  const ours: Record<string, number>[] = [];
  for (let i = 0; i < 3; i++) {
    const outputs = await compiled.run(inputs);
    ours.push(Object.fromEntries(generatorLosses.map((name) => [name, outputs[name].data[0]])));
  }

  const kept = Object.entries(initial).filter(([name]) => !name.startsWith('adam.'));
  const given = Object.entries(step.inputs).map(([name, { shape }]) => ['input', name, shape]);
  const manifest = [...kept.map(([name, { shape }]) => ['state', name, shape]), ...given];
  const file = join(folder, 'generator.bin');
  const arrays = [
    ...kept.map(([, { data }]) => data),
    ...Object.keys(step.inputs).map((name) => inputs[name]),
  ];
  writeFileSync(file, Buffer.concat(arrays.map((x) => Buffer.from(x.buffer, x.byteOffset, x.byteLength))));
  const trained = kept.map(([name]) => name).filter(isGeneratorParameter);
  const options = { manifest, file, architecture, settings: hyperParameters, trained, threads };
  const peers = {} as Record<Form, Peer>;
  const agreement: number[] = [];
  try {
    for (const form of forms) {
      peers[form] = new Peer(process.cwd());
      await peers[form].ask({ loadGenerator: { ...options, conv_lstm: form } });
      const { losses } = await peers[form].ask<{ losses: Record<string, number>[] }>({ steps: 3 });
      agreement.push(assertLosses(ours, losses, form));
    }
    const measured = await takeTurns(() => seconds(compiled, inputs), peers, 2);
    const peaks = [await ownPeak(widthFactor)];
    for (const form of forms) peaks.push((await peers[form].ask<{ peak: number }>({ peak: true })).peak);
    const { steps, batch } = architecture;
    printRow(`generator step, 48x48x7, T=${steps}, B=${batch}, widths /${1 / widthFactor}`, measured, [
      Math.max(...agreement).toExponential(1),
      peaks.map((bytes) => (bytes / 1e9).toFixed(2)).join(', '),
    ]);
    return measured;
  } finally {
    for (const peer of Object.values(peers)) peer.close();
    compiled.dispose();
  }
}

/** Peak memory, in bytes, of a process of its own that runs the step three times. */
function ownPeak(widthFactor: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(process.argv[1], [`--peak=${widthFactor}`, `--threads=${threads}`]);
    child.once('message', (bytes) => resolve(Number(bytes)));
    child.once('exit', (code) => reject(new Error(`The step ended with code ${code}.`)));
  });
}

/** What {@link ownPeak} starts. */
export async function tellPeak(widthFactor: number): Promise<void> {
  const { step, state: initial, inputs } = generatorProblem(widthFactor);
  const engine = await createOnnxEngine({ threads });
  const compiled = await engine.compile(step, await engine.createState(initial));
  for (let i = 0; i < 3; i++) await compiled.run(inputs);
  process.send!(1024 * process.resourceUsage().maxRSS, () => process.exit());
}
