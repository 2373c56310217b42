import * as tf from '@tensorflow/tfjs-core';
import type { ClusterSamples } from './sampling';

/** Columns of every basis scaled to unit length: `[K, D, r]`. */
export function unitColumns(bases: tf.Tensor3D): tf.Tensor3D {
  return tf.mul(bases, tf.rsqrt(tf.add(tf.sum(tf.square(bases), 1, true), 1e-12))) as tf.Tensor3D;
}

/** Projection residual E(z; U_k) = ‖z - U_k U_kᵀ z‖² of the rows of each cluster: `[K, n, D], [K, D, r] -> [K, n]`. */
export function energy(z: tf.Tensor3D, bases: tf.Tensor3D): tf.Tensor2D {
  const projected = tf.matMul(tf.matMul(z, bases), bases, false, true);
  return tf.sum(tf.square(tf.sub(z, projected)), 2) as tf.Tensor2D;
}

/** Own-cluster energies of real and fake samples: `[K, n]` each. */
export function sampleEnergies(
  samples: ClusterSamples,
  bases: tf.Tensor3D,
): { real: tf.Tensor2D; fake: tf.Tensor2D } {
  const clusters = bases.shape[0];
  const [n, dimensions] = samples.real.shape;
  const all = tf.tile(tf.reshape(samples.real, [1, n, dimensions]), [clusters, 1, 1]) as tf.Tensor3D;
  return { real: energy(all, bases), fake: energy(samples.fake, bases) };
}

/** ‖U_kᵀU_k - I‖² summed over k, and ‖U_iᵀU_j‖² summed over i ≠ j. */
export function basisPenalties(bases: tf.Tensor3D): { orthogonality: tf.Scalar; separation: tf.Scalar } {
  const [clusters, dimensions, rank] = bases.shape;
  const own = tf.matMul(bases, bases, true, false);
  const orthogonality = tf.sum(tf.square(tf.sub(own, tf.eye(rank)))) as tf.Scalar;
  const columns = tf.reshape(tf.transpose(bases, [1, 0, 2]), [dimensions, clusters * rank]) as tf.Tensor2D;
  const all = tf.sum(tf.square(tf.matMul(columns, columns, true, false)));
  return { orthogonality, separation: tf.sub(all, tf.sum(tf.square(own))) as tf.Scalar };
}

/**
 * The discriminator's loss (section 5.2): E_real[max(0, E(real) - Ē(fake) + margin)] with each cluster's own mean fake
 * energy, plus the orthogonality and separation terms. The `absolute` hinge is E(real) + max(0, margin - E(fake))
 * (Zhou et al., 2018).
 */
export function discriminatorLoss(
  samples: ClusterSamples,
  bases: tf.Tensor3D,
  options: { margin: number; hinge: 'relative' | 'absolute'; orthogonality: number; separation: number },
): tf.Scalar {
  const unit = unitColumns(bases);
  const { real, fake } = sampleEnergies(samples, unit);
  const { members } = samples;
  const size = tf.maximum(tf.sum(members, 1, true), 1);
  const meanFake = tf.div(tf.sum(tf.mul(fake, members), 1, true), size);
  const hinge =
    options.hinge === 'relative'
      ? tf.relu(tf.add(tf.sub(real, meanFake), options.margin))
      : tf.add(real, tf.relu(tf.sub(options.margin, fake)));
  const mean = tf.div(tf.sum(tf.mul(hinge, members)), tf.maximum(tf.sum(members), 1));
  const { orthogonality, separation } = basisPenalties(unit);
  return tf.add(
    mean,
    tf.add(tf.mul(orthogonality, options.orthogonality), tf.mul(separation, options.separation)),
  ) as tf.Scalar;
}

/** L_adv = E_fake E(fake; U): what the generator lowers. */
export function adversarialLoss(samples: ClusterSamples, bases: tf.Tensor3D): tf.Scalar {
  const { fake } = sampleEnergies(samples, unitColumns(bases));
  const { members } = samples;
  return tf.div(tf.sum(tf.mul(fake, members)), tf.maximum(tf.sum(members), 1)) as tf.Scalar;
}
