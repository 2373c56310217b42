/**
 * Speed and memory of the compiled engine against PyTorch on the CPU: `npm run bench`. Both run in turns, round by round, so
 * that other load on the machine hits both; the table shows medians over the rounds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOnnxEngine } from '../src/core/engine/onnxEngine';
import { benchGenerator, tellPeak } from './generator';
import { benchLayer, type Case } from './layer';
import { clock, forms, type Measured, only, rounds, threads } from './measure';
import { Peer } from './peer';
import { geometricMean, median } from './statistics';

const layer = (
  batch: number,
  steps: number,
  height: number,
  width: number,
  inputs: number,
  filters: number,
): Case => ({ batch, steps, height, width, inputs, filters });

const layers = [layer(4, 12, 40, 40, 7, 16), layer(4, 12, 20, 20, 64, 64), layer(2, 12, 10, 10, 256, 256)];
const widthFactors = [1 / 8, 1 / 4, 1 / 2];

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const peer = new Peer(process.cwd());
  try {
    const engine = await createOnnxEngine({ threads });
    console.log(
      `${engine.description}; ${cpus()[0].model.trim()}, ${cpus().length} processors; Node ${process.version}`,
    );
    console.log(
      `Milliseconds of ${clock === 'wall' ? 'wall-clock' : 'processor'} time: median over ${rounds} interleaved rounds (quartiles). Ratios: PyTorch / ours. Peak memory: the whole process of ours, of PyTorch usual, of PyTorch batched.\n`,
    );
    console.log(
      '| Forward and backward | ours | PyTorch usual | PyTorch batched | usual / ours | batched / ours | largest difference | peak GB |',
    );
    console.log('|---|---|---|---|---|---|---|---|');
    const rows = [
      ...layers.map((c) => () => benchLayer(c, peer, folder)),
      ...widthFactors.map((factor) => () => benchGenerator(factor, folder)),
    ];
    const steps: Measured[] = [];
    for (const [i, row] of rows.entries()) {
      if (only >= 0 && only !== i) continue;
      const measured = await row();
      if (i >= layers.length) steps.push(measured);
    }
    const means = forms.map((form) =>
      geometricMean(steps.map(({ ratios }) => median(ratios[form]))).toFixed(2),
    );
    if (steps.length > 0) {
      console.log(`\nGenerator steps, geometric means: usual / ours ${means[0]}, batched / ours ${means[1]}`);
    }
  } finally {
    peer.close();
    rmSync(folder, { recursive: true });
  }
}

const peak = process.argv.find((argument) => argument.startsWith('--peak='))?.split('=')[1];
void (peak ? tellPeak(Number(peak)) : main());
