import * as tf from '@tensorflow/tfjs-core';
import type { HyperParameters } from '../config';
import type { StepDefinition, Tensors, TensorSpec } from '../engine/engine';
import { adam } from '../engine/optimizer';
import type { Architecture } from '../model/architecture';
import { logSoftAssignment, marginalBalance, targetDivergence, temper } from '../model/clusteringHead';
import { relativeReconstructionError } from '../model/decoder';
import { adversarialLoss, discriminatorLoss } from '../model/discriminator';
import { embedFrames, generate, isGeneratorParameter } from '../model/generator';
import { valueAndGradients } from '../model/gradients';
import { covarianceRedundancy, temporalContrast } from '../model/redundancy';
import { sampleClusters } from '../model/sampling';
import { affinityWeights } from '../model/selfExpression';
import { contrastIn, latentsIn, latentsOut, memoryOut, residentInputs } from './residentBatch';

const float = (...shape: number[]): TensorSpec => ({ shape, dtype: 'float32' });

/** The scalars that schedules set anew for every step. */
export const scheduleInputs = [
  'learningRate',
  'temperature',
  'skip',
  'express',
  'weight.target',
  'weight.balance',
  'weight.redundancy',
  'weight.selfExpression',
  'weight.adversarial',
] as const;
export type Schedule = Record<(typeof scheduleInputs)[number], number>;

/** The losses a generator step returns, in the order of history.csv. */
export const generatorLosses = [
  'total',
  'reconstruction',
  'target',
  'balance',
  'redundancy',
  'selfExpression',
  'adversarial',
] as const;

/** Those of a model, which may have no self-expression. */
export function generatorLossesOf(a: Architecture): (typeof generatorLosses)[number][] {
  return generatorLosses.filter((name) => name !== 'selfExpression' || a.selfExpression);
}

/** Optimiser of the generator; its moments are part of the state under `adam.generator.`. */
export function generatorOptimizer(h: HyperParameters): ReturnType<typeof adam> {
  return adam({ name: 'generator', clipNorm: h['training.clipNorm'] });
}

export function discriminatorOptimizer(): ReturnType<typeof adam> {
  return adam({ name: 'discriminator', beta1: 0 });
}

function pick(state: Tensors, wanted: (name: string) => boolean): Tensors {
  return Object.fromEntries(Object.entries(state).filter(([name]) => wanted(name)));
}

export interface StepOptions {
  /** What the batch leaves behind stays in the state, see residentBatch.ts; for a series of this many time steps. */
  readonly resident?: number;
}

/**
 * One generator step: the objective of eq. 6 on a batch of windows, its gradient, and an Adam update.
 *
 * Inputs beside the schedule: `clean` and `input` `[T*B, C, H, W]` (time-major, standardised, padded; `input` is
 * augmented), `target` `[T*B, K]` (p of the frames), `marginal` `[K]` (of q over the series), and the temporal
 * contrast's `memory` `[M, deep]`, `positive` `[T*B, M]`; `times` `[T*B]` with a time scale only.
 * Outputs: the losses, and z, its deep part and q of the batch before the update; with `resident` these are no outputs,
 * and the contrast is given by indices.
 */
export function generatorStep(
  a: Architecture,
  h: HyperParameters,
  memorySize: number,
  { resident }: StepOptions = {},
): StepDefinition {
  const frames = a.steps * a.batch;
  const image = float(frames, a.variables, a.paddedHeight, a.paddedWidth);
  const contrast = h['loss.redundancyForm'] === 'contrast';
  const inputs: Record<string, TensorSpec> = {
    clean: image,
    input: image,
    target: float(frames, a.clusters),
    marginal: float(a.clusters),
    ...Object.fromEntries(scheduleInputs.map((name) => [name, float()])),
  };
  if (contrast && resident) Object.assign(inputs, residentInputs(frames, resident, memorySize));
  else if (contrast) {
    inputs['memory'] = float(memorySize, a.deep);
    inputs['positive'] = float(frames, memorySize);
  }
  const timeScale = h['selfExpression.timeScale'];
  if (timeScale > 0) inputs['times'] = float(frames);
  const optimizer = generatorOptimizer(h);

  return {
    name: 'generator step',
    inputs,
    compute(state, x) {
      const remembered = contrast && resident ? contrastIn(state, x, h['contrast.reach']) : x;
      const { loss, auxiliary, gradients } = valueAndGradients(
        pick(state, isGeneratorParameter),
        (trained) => {
          const parameters = { ...state, ...trained };
          const logAssignment = (latents: tf.Tensor2D): tf.Tensor2D =>
            logSoftAssignment(
              latents,
              parameters['head.centres'] as tf.Tensor2D,
              state['head.scale'],
              h['model.studentAlpha'],
            );
          const weigh = (latents: tf.Tensor2D): tf.Tensor2D =>
            affinityWeights(temper(logAssignment(latents), x['temperature']), x['times'], timeScale);
          const output = generate(
            parameters,
            a,
            h,
            x['input'] as tf.Tensor4D,
            x['clean'] as tf.Tensor4D,
            { skip: x['skip'], express: x['express'] },
            timeScale > 0 ? weigh : undefined,
          );
          const { z, deep } = output.embedding;
          const logQ = logAssignment(z);
          const tempered = temper(logQ, x['temperature']);
          const samples = sampleClusters(
            z,
            tempered,
            state['sampling.weights'] as tf.Tensor3D,
            h['discriminator.realShare'],
          );
          const terms: Record<string, tf.Tensor> = {
            reconstruction: relativeReconstructionError(
              x['clean'],
              output.reconstruction,
              state['data.mask'],
            ),
            target: targetDivergence(x['target'] as tf.Tensor2D, logQ),
            balance: marginalBalance(tempered, x['marginal']),
            redundancy: contrast
              ? temporalContrast(
                  deep,
                  remembered['memory'] as tf.Tensor2D,
                  remembered['positive'] as tf.Tensor2D,
                )
              : covarianceRedundancy(tempered),
            ...(output.selfExpression && { selfExpression: output.selfExpression }),
            adversarial: adversarialLoss(samples, state['discriminator.bases'] as tf.Tensor3D),
          };
          const total = Object.entries(terms).reduce(
            (sum: tf.Tensor, [name, term]) =>
              name === 'reconstruction' ? tf.add(sum, term) : tf.add(sum, tf.mul(term, x[`weight.${name}`])),
            tf.scalar(0),
          ) as tf.Scalar;
          return { loss: total, auxiliary: { ...terms, z, deep, q: tempered } };
        },
      );
      const updated = optimizer.update(
        pick(state, isGeneratorParameter),
        gradients,
        state,
        x['learningRate'],
      );
      if (!resident) return { state: updated, outputs: { total: loss, ...auxiliary } };
      const { z, deep, q, ...terms } = auxiliary;
      const memory = contrast ? memoryOut(state, x, deep as tf.Tensor2D, a.batch) : {};
      return { state: { ...updated, ...latentsOut(z, q), ...memory }, outputs: { total: loss, ...terms } };
    },
  };
}

/**
 * Several steps of the discriminator on one batch of latents (section 5.2): `z` `[T*B, D]` and `q` `[T*B, K]` as the
 * generator step returned them, or with `resident` as it left them in the state. Output: `loss`, of the last step.
 */
export function discriminatorStep(
  a: Architecture,
  h: HyperParameters,
  { resident }: StepOptions = {},
): StepDefinition {
  const frames = a.steps * a.batch;
  const optimizer = discriminatorOptimizer();
  return {
    name: 'discriminator step',
    inputs: {
      ...(!resident && { z: float(frames, a.dimensions), q: float(frames, a.clusters) }),
      learningRate: float(),
    },
    compute(state, x) {
      const batch = resident ? latentsIn(state) : x;
      const samples = sampleClusters(
        batch['z'] as tf.Tensor2D,
        batch['q'] as tf.Tensor2D,
        state['sampling.weights'] as tf.Tensor3D,
        h['discriminator.realShare'],
      );
      let current = state;
      let loss: tf.Scalar = tf.scalar(0);
      for (let i = 0; i < h['discriminator.steps']; i++) {
        const bases = { 'discriminator.bases': current['discriminator.bases'] };
        const result = valueAndGradients(bases, (trained) => ({
          loss: discriminatorLoss(samples, trained['discriminator.bases'] as tf.Tensor3D, {
            margin: h['discriminator.margin'],
            hinge: h['discriminator.hinge'],
            orthogonality: h['discriminator.orthogonality'],
            separation: h['discriminator.separation'],
          }),
          auxiliary: {},
        }));
        loss = result.loss;
        current = { ...current, ...optimizer.update(bases, result.gradients, current, x['learningRate']) };
      }
      return { state: pick(current, isDiscriminatorState), outputs: { loss } };
    },
  };
}

function isDiscriminatorState(name: string): boolean {
  return name === 'discriminator.bases' || name.startsWith('adam.discriminator.');
}

/** Frames `[T*B, C, H, W]` to embeddings `z` `[T*B, D]` and their deep part. */
export function embeddingStep(a: Architecture, h: HyperParameters): StepDefinition {
  return {
    name: 'embedding',
    inputs: { clean: float(a.steps * a.batch, a.variables, a.paddedHeight, a.paddedWidth) },
    compute(state, x) {
      const clean = x['clean'] as tf.Tensor4D;
      const { embedding } = embedFrames(state, a, h, clean, clean);
      return { outputs: { z: embedding.z, deep: embedding.deep } };
    },
  };
}

/** Soft assignment of the whole series: `z` `[n, D]` to `q` `[n, K]`. */
export function assignmentStep(a: Architecture, h: HyperParameters, n: number): StepDefinition {
  return {
    name: 'assignment',
    inputs: { z: float(n, a.dimensions) },
    compute(state, x) {
      const logQ = logSoftAssignment(
        x['z'] as tf.Tensor2D,
        state['head.centres'] as tf.Tensor2D,
        state['head.scale'],
        h['model.studentAlpha'],
      );
      return { outputs: { q: tf.exp(logQ) } };
    },
  };
}

/**
 * What the bottleneck carries: the relative reconstruction error of a batch as trained (`error`) and with everything
 * that the decoder gets from z set to zero (`errorWithoutBottleneck`), at skip strength `skip`.
 */
export function bottleneckProbe(a: Architecture, h: HyperParameters): StepDefinition {
  return {
    name: 'bottleneck probe',
    inputs: { clean: float(a.steps * a.batch, a.variables, a.paddedHeight, a.paddedWidth), skip: float() },
    compute(state, x) {
      const clean = x['clean'] as tf.Tensor4D;
      const error = (bottleneck: number): tf.Tensor => {
        const output = generate(state, a, h, clean, clean, {
          skip: x['skip'],
          express: tf.scalar(1),
          bottleneck: tf.scalar(bottleneck),
        });
        return relativeReconstructionError(clean, output.reconstruction, state['data.mask']);
      };
      return { outputs: { error: error(1), errorWithoutBottleneck: error(0) } };
    },
  };
}
