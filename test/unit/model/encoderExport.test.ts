import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { resolveHyperParameters, type HyperParameters } from '../../../src/core/config';
import { exportOnnx } from '../../../src/core/engine/exportOnnx';
import { createOnnxEngine } from '../../../src/core/engine/onnxEngine';
import { architectureFor } from '../../../src/core/model/architecture';
import { encoderState, encoderStep } from '../../../src/core/model/encoderExport';
import { Random } from '../../../src/core/random';
import { Trainer } from '../../../src/core/training/trainer';
import { framesOf } from '../training/helpers';

describe('encoder.onnx', () => {
  it.each<Partial<HyperParameters>>([
    {},
    { 'model.temporalAttention': false, 'model.selfExpression': false },
    { 'model.encoder': 'cnn-lstm' },
  ])(
    'maps a window in the units of the file to what the model gives, in ONNX Runtime: %j',
    async (changed) => {
      const h = resolveHyperParameters({
        clusters: 3,
        'window.length': 4,
        'window.batch': 1,
        'model.widthFactor': 0.03125,
        'model.embeddingDimensions': 12,
        'model.eofs': 5,
        'training.warmupEpochs': 1,
        'training.jointEpochs': 1,
        'training.adversarialEpochs': 0,
        ...changed,
      });
      const [variables, height, width, n] = [2, 6, 5, 30];
      const cells = variables * height * width;
      const r = new Random(2);
      // The physical data: temperatures and something constant in one cell, one value missing.
      const physical = Float32Array.from({ length: n * cells }, (_, i) =>
        i % cells === 7 ? 280 : 280 + 10 * r.normal(),
      );
      const minimum = new Float32Array(cells).fill(Infinity);
      const maximum = new Float32Array(cells).fill(-Infinity);
      physical.forEach((value, i) => {
        minimum[i % cells] = Math.min(minimum[i % cells], value);
        maximum[i % cells] = Math.max(maximum[i % cells], value);
      });
      const gap = 3 * cells + 10;
      const fill = Float32Array.of(281, 279);
      physical[gap] = NaN;
      const scaled = physical.map((value, i) => {
        const j = i % cells;
        const filled = Number.isNaN(value) ? fill[Math.floor(j / (height * width))] : value;
        return maximum[j] > minimum[j] ? (filled - minimum[j]) / (maximum[j] - minimum[j]) : 0;
      });
      const frames = {
        ...framesOf({ values: scaled, variables, height, width }),
        scaling: { kind: 'cell' as const, minimum, maximum, fill },
      };
      const a = architectureFor({ n, variables, height, width }, h);
      const trainer = await Trainer.create(frames, a, h, await createOnnxEngine(), { seed: 4 });
      await trainer.train();
      const parameters = await trainer.parameters();
      const bytes = exportOnnx(encoderStep(a, h), encoderState(parameters, a, frames, trainer.windows));
      const session = await InferenceSession.create(bytes);
      const run = async (start: number): Promise<{ embedding: Float32Array; q: Float32Array }> => {
        const window = physical.slice(start * cells, (start + 4) * cells);
        const result = await session.run({
          frames: new Tensor('float32', window, [4, variables, height, width]),
        });
        return {
          embedding: result['embedding'].data as Float32Array,
          q: result['softAssignment'].data as Float32Array,
        };
      };
      // Windows laid end to end (the last one overlaps), so nothing is averaged in the first ones.
      const { z } = await trainer.embed(4);
      const { q } = await trainer.assign(z);
      for (const start of [0, 4, 8]) {
        const window = await run(start);
        window.embedding.forEach((value, i) => expect(value).toBeCloseTo(z[start * a.dimensions + i], 4));
        window.q.forEach((value, i) => expect(value).toBeCloseTo(q[start * a.clusters + i], 4));
      }
      await session.release();
      trainer.dispose();
    },
  );
});
