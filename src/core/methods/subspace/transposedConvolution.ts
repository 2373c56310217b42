import * as tf from '@tensorflow/tfjs-core';

/**
 * Transposed convolution of channels-first images, the counterpart of a convolution with padding 'same':
 * `[n, coarse, ceil(H / stride), ceil(W / stride)] -> [n, fine, H, W]`; weight `[kernel, kernel, fine, coarse]`. tfjs'
 * own function knows channels-last images only, its kernel and its gradient know both.
 */
export function transposedConvolution(
  x: tf.Tensor4D,
  weight: tf.Tensor4D,
  [channels, height, width]: readonly [channels: number, height: number, width: number],
  stride: number,
): tf.Tensor4D {
  return tf
    .engine()
    .runKernel(
      tf.Conv2DBackpropInput,
      { dy: x, filter: weight },
      { strides: stride, pad: 'same', dataFormat: 'NCHW', inputShape: [x.shape[0], channels, height, width] },
    ) as tf.Tensor4D;
}
