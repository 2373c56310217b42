import * as tf from '@tensorflow/tfjs-core';

/**
 * 2x2 max pooling with stride 2: `[N, C, H, W] -> [N, C, H/2, W/2]`, H and W even. Where several of the four are
 * equal, the gradient goes to the first in reading order only.
 */
export function maxPool2x2(x: tf.Tensor4D): tf.Tensor4D {
  const [n, c, h, w] = x.shape;
  if (h % 2 !== 0 || w % 2 !== 0) throw new Error(`Cannot halve a grid of ${h} x ${w}.`);
  // One channel at a time is the same memory in NHWC and NCHW, so nothing is transposed.
  const planes = tf.reshape(x, [n * c, h, w, 1]) as tf.Tensor4D;
  return tf.reshape(tf.maxPool(planes, 2, 2, 'valid'), [n, c, h / 2, w / 2]) as tf.Tensor4D;
}

/** Nearest-neighbour upsampling: `[N, C, H, W] -> [N, C, 2H, 2W]`. */
export function upsample2x2(x: tf.Tensor4D): tf.Tensor4D {
  const [n, c, h, w] = x.shape;
  const upsample = tf.customGrad((input) => {
    const planes = tf.reshape(input as tf.Tensor, [n * c, h, w, 1]) as tf.Tensor4D;
    return {
      value: tf.reshape(tf.image.resizeNearestNeighbor(planes, [2 * h, 2 * w]), [n, c, 2 * h, 2 * w]),
      gradFunc: (dy) =>
        tf.reshape(tf.sum(tf.reshape(dy as tf.Tensor, [n * c, h, 2, w, 2]), [2, 4]), [n, c, h, w]),
    };
  });
  return upsample(x) as tf.Tensor4D;
}
