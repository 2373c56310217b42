/** Every step of a small model, with a state and inputs to run it on. */
import { resolveHyperParameters, type HyperParameters } from '../../../src/core/config';
import type { StepDefinition, TensorData, TensorValues } from '../../../src/core/engine/engine';
import { synthesize } from '../../../src/core/evaluation/synthetic';
import { architectureFor } from '../../../src/core/model/architecture';
import { Random } from '../../../src/core/random';
import { initialState } from '../../../src/core/training/initialState';
import {
  assignmentStep,
  discriminatorStep,
  embeddingStep,
  generatorStep,
} from '../../../src/core/training/steps';
import { Windows } from '../../../src/core/training/windows';
import { framesOf } from '../training/helpers';

const shape = { length: 40, height: 8, width: 8, clusters: 3, rank: 2 };
const settings = {
  clusters: 3,
  'window.length': 4,
  'window.batch': 2,
  'model.widthFactor': 0.03125,
  'model.embeddingDimensions': 16,
  'model.eofs': 6,
  'model.heads': 2,
  'discriminator.rank': 2,
};

/** Every step of the model with some settings of its own, and the state of a run that begins, from a synthetic series. */
export function modelProblem(given: Partial<HyperParameters> = {}) {
  const h = resolveHyperParameters({ ...settings, ...given });
  const a = architectureFor({ n: 40, variables: 2, height: 8, width: 8 }, h);
  return {
    h,
    a,
    steps: {
      embedding: () => embeddingStep(a, h),
      assignment: () => assignmentStep(a, h, 40),
      discriminator: () => discriminatorStep(a, h),
      generator: () => generatorStep(a, h, 32),
    } as const satisfies Record<string, () => StepDefinition>,
    async state(): Promise<TensorValues> {
      const { frames } = synthesize('G2', new Random(3), { ...shape, channels: 2 });
      const data = framesOf({ values: frames, variables: 2, height: 8, width: 8 });
      const state = await initialState(await Windows.create(data, a), a, h, new Random(1));
      // Centres of their own: where all clusters are alike, rounding decides which frames are whose.
      const random = new Random(6);
      state['head.centres'].data.forEach((_, i, all) => (all[i] = 0.2 * random.normal()));
      return state;
    },
  };
}

export const { steps: modelSteps, state: modelState } = modelProblem();

/** Inputs that each step can be run with. */
export function inputsOf(step: StepDefinition): Record<string, TensorData> {
  const random = new Random(7);
  return Object.fromEntries(
    Object.entries(step.inputs).map(([name, { shape: dimensions, dtype }]) => {
      const size = dimensions.reduce((product, n) => product * n, 1);
      const numbers = Array.from({ length: size }, () => (name === 'learningRate' ? 1e-3 : random.uniform()));
      if (dtype === 'float32') return [name, Float32Array.from(numbers)];
      return [
        name,
        dtype === 'int32' ? Int32Array.from(numbers, () => random.integer(4)) : new Uint8Array(size).fill(1),
      ];
    }),
  );
}
