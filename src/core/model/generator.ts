import * as tf from '@tensorflow/tfjs-core';
import type { HyperParameters } from '../config';
import type { Tensors, TensorValues } from '../engine/engine';
import type { Random } from '../random';
import type { Architecture } from './architecture';
import { encodeCnnLstm, initCnnLstm } from './cnnLstm';
import { initDecoder, decode } from './decoder';
import { embed, initEmbedding, type Embedding } from './embedding';
import { encode, initEncoder } from './encoder';
import { unitRows, withoutGradient } from './layers';
import { ParameterBuilder } from './parameters';
import { initPatches, patchify } from './patches';
import { guidanceWeights, selfExpressionCoefficients, selfExpressionLoss } from './selfExpression';
import {
  initTemporalGraphAttention,
  temporalGraphAttention,
  type AttentionScore,
} from './temporalGraphAttention';

/** The EOF basis of the linear path: into z `[C*H*W, eofs]`, and back `[eofs, C*H*W]`; both on the padded grid. */
export interface LinearPath {
  readonly basis: Float32Array;
  readonly inverse: Float32Array;
}

/** Initial values of everything the generator trains, and of the fixed EOF basis (`eof.basis`). */
export function initGenerator(
  random: Random,
  a: Architecture,
  path: LinearPath,
  score: AttentionScore,
): TensorValues {
  const builder = new ParameterBuilder(random);
  if (a.encoder === 'cnn-lstm') {
    initCnnLstm(builder, a);
  } else {
    initEncoder(builder, a);
    initPatches(builder, a);
  }
  if (a.temporalAttention) initTemporalGraphAttention(builder, a, score);
  initEmbedding(builder, a);
  initDecoder(builder, a, path.inverse);
  builder.constant('head.centres', [a.clusters, a.dimensions], 0);
  builder.add('eof.basis', [a.variables * a.paddedHeight * a.paddedWidth, a.eofs], path.basis);
  return builder.values;
}

/** Whether the generator's optimiser changes the entry of the state called `name`. */
export function isGeneratorParameter(name: string): boolean {
  return /^(encoder|patches|attention|embedding|decoder|head\.centres)(\.|$)/.test(name);
}

/** Graph nodes `[T, B, N, F]` of the frames `[T*B, C, H, W]`, before any attention, and the outputs of the four stages. */
function encodeNodes(
  parameters: Tensors,
  a: Architecture,
  input: tf.Tensor4D,
): { nodes: tf.Tensor4D; stages: tf.Tensor4D[] } {
  if (a.encoder === 'cnn-lstm') return encodeCnnLstm(parameters, a, input);
  const stages = encode(parameters, a, input);
  return { stages, nodes: patchify(parameters, a, stages[3]) };
}

/**
 * The encoder half: frames to embeddings.
 * @param input `[T*B, C, H, W]` what the encoder sees (augmented in training).
 * @param clean `[T*B, C, H, W]` what the EOFs see.
 */
export function embedFrames(
  parameters: Tensors,
  a: Architecture,
  h: HyperParameters,
  input: tf.Tensor4D,
  clean: tf.Tensor4D,
): { embedding: Embedding; stages: tf.Tensor4D[] } {
  const { nodes, stages } = encodeNodes(parameters, a, input);
  const attended = a.temporalAttention
    ? temporalGraphAttention(parameters, a, nodes, h['model.attentionResidual'], h['model.attentionScore'])
    : nodes;
  const flat = tf.reshape(clean, [clean.shape[0], -1]) as tf.Tensor2D;
  return { embedding: embed(parameters, a, flat, attended, stages, h['model.deepShare']), stages };
}

/** The forward pass of a batch. */
export interface GeneratorOutput {
  readonly embedding: Embedding;
  /** C of the batch, `[T*B, T*B]`, and its loss; absent in a model without self-expression. */
  readonly coefficients?: tf.Tensor2D;
  readonly selfExpression?: tf.Scalar;
  /** `[T*B, C, H, W]` */
  readonly reconstruction: tf.Tensor4D;
}

/** Mean over the steps of each window, repeated for each of its frames: `[T*B, D] -> [T*B, D]`, time-major. */
function windowMean(x: tf.Tensor2D, a: Architecture): tf.Tensor2D {
  const [frames, dimensions] = x.shape;
  const mean = tf.mean(tf.reshape(x, [a.steps, frames / a.steps, dimensions]), 0, true);
  return tf.reshape(tf.tile(mean, [a.steps, 1, 1]), [frames, dimensions]) as tf.Tensor2D;
}

/**
 * Encoder, Bi-TGAT, self-expression and decoder (section 5.1).
 * @param schedule scalars: `skip`, the strength of the skip connections; `express`, 1 once self-expression takes part;
 * `bottleneck`, a factor on all that the decoder gets from z (to measure what the skips alone reconstruct).
 * @param weigh gives weights of the self-expression coefficients, `[T*B, T*B]`; none by default.
 */
export function generate(
  parameters: Tensors,
  a: Architecture,
  h: HyperParameters,
  input: tf.Tensor4D,
  clean: tf.Tensor4D,
  schedule: { skip: tf.Tensor; express: tf.Tensor; bottleneck?: tf.Tensor },
  weigh?: (z: tf.Tensor2D) => tf.Tensor2D,
): GeneratorOutput {
  const { embedding, stages } = embedFrames(parameters, a, h, input, clean);
  const { z } = embedding;
  const expression = a.selfExpression ? expressBatch(z, a, h, weigh) : undefined;
  const gate = <T extends tf.Tensor>(x: T): T =>
    schedule.bottleneck ? (tf.mul(x, schedule.bottleneck) as T) : x;
  const bottleneck: tf.Tensor2D[] = [z];
  if (expression) {
    bottleneck.push(windowMean(tf.mul(expression.expressed, schedule.express) as tf.Tensor2D, a));
  }
  if (a.temporalAttention) bottleneck.push(windowMean(z, a));
  const reconstruction = decode(
    parameters,
    a,
    gate(tf.concat(bottleneck, 1)),
    gate(embedding.linear),
    stages.slice(0, 3),
    schedule.skip,
  );
  return {
    embedding,
    reconstruction,
    ...(expression && { coefficients: expression.coefficients, selfExpression: expression.loss }),
  };
}

/** Self-expression of a batch of embeddings `[T*B, D]`: C, its loss, and what it makes of the unit rows. */
function expressBatch(
  z: tf.Tensor2D,
  a: Architecture,
  h: HyperParameters,
  weigh?: (z: tf.Tensor2D) => tf.Tensor2D,
): { coefficients: tf.Tensor2D; loss: tf.Scalar; expressed: tf.Tensor2D } {
  const coefficients = withoutGradient((x) => {
    const linear = unitRows(tf.slice(x, [0, 0], [-1, a.eofs]) as tf.Tensor2D);
    const deep = unitRows(tf.slice(x, [0, a.eofs], [-1, a.deep]) as tf.Tensor2D);
    const c = selfExpressionCoefficients(
      linear,
      h['selfExpression.sparsity'],
      h['selfExpression.iterations'],
      guidanceWeights(deep, h['selfExpression.guidance']),
    );
    return weigh ? (tf.mul(c, weigh(x)) as tf.Tensor2D) : c;
  }, z);
  return { coefficients, ...selfExpressionLoss(unitRows(z), coefficients, h['loss.selfExpressionL1']) };
}
