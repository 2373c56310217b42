import * as tf from '@tensorflow/tfjs-core';

/** Elements of a convolution's result that exist at a time, 32 MiB: a long series is worked through in segments. */
const SEGMENT_ELEMENTS = 1 << 23;

/**
 * 'same' convolution of univariate series and max pooling over windows that do not overlap:
 * `[B, L], [F, k] -> [B, F, L / P]`, without bias. The convolution at position t covers `x[t - floor((k - 1) / 2)]` and
 * the k - 1 values after it, as TensorFlow's 'same' does; outside the series it is zero.
 *
 * One function with its own gradient, for the filters only: the full-length result, F times as large as the series, is
 * never kept; segments of it are computed anew in the backward pass. Where several of a window are equally large, the
 * gradient goes to the first.
 *
 * @param pool P, a divisor of L
 * @param segmentElements elements of a segment's result
 */
export function convolveAndPool(
  series: tf.Tensor2D,
  filters: tf.Tensor2D,
  pool: number,
  segmentElements = SEGMENT_ELEMENTS,
): tf.Tensor3D {
  const [batch, length] = series.shape;
  const [count, width] = filters.shape;
  if (length % pool !== 0) throw new Error(`${length} values are not windows of ${pool}.`);
  const segments = segmentsOf(length / pool, Math.floor(segmentElements / (batch * count * pool)));
  const before = Math.floor((width - 1) / 2);

  const convolved = (padded: tf.Tensor2D, kernel: tf.Tensor4D, first: number, windows: number) => {
    const piece = tf.reshape(tf.slice(padded, [0, first * pool], [batch, windows * pool + width - 1]), [
      batch,
      1,
      1,
      -1,
    ]) as tf.Tensor4D;
    const result: tf.Tensor4D = tf.conv2d(piece, kernel, 1, 'valid', 'NCHW');
    // One channel at a time is the same memory in NHWC, which pooling wants.
    return { piece, planes: tf.reshape(result, [batch * count, 1, windows * pool, 1]) as tf.Tensor4D };
  };
  const kernelOf = (w: tf.Tensor) =>
    tf.reshape(tf.transpose(w as tf.Tensor2D), [1, width, 1, count]) as tf.Tensor4D;
  const padded = (x: tf.Tensor) =>
    tf.pad(x, [
      [0, 0],
      [before, width - 1 - before],
    ]) as tf.Tensor2D;

  const run = tf.customGrad((w, save) => {
    (save as tf.GradSaveFunc)([w as tf.Tensor, series]);
    const kernel = kernelOf(w as tf.Tensor);
    const whole = padded(series);
    const parts = segments.map(([first, windows]) => {
      const { planes } = convolved(whole, kernel, first, windows);
      return tf.reshape(tf.maxPool(planes, [1, pool], [1, pool], 'valid'), [batch, count, windows]);
    });
    return {
      value: tf.concat(parts, 2),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const weights = kernelOf(saved[0]);
        const all = padded(saved[1]);
        const gradients = segments.map(([first, windows]) => {
          const { piece, planes } = convolved(all, weights, first, windows);
          const dyPart = tf.slice(dy as tf.Tensor3D, [0, 0, first], [batch, count, windows]);
          return filterGradient(piece, planes, dyPart, pool, weights.shape);
        });
        const sum = gradients.reduce((a, b) => tf.add(a, b));
        return tf.transpose(tf.reshape(sum, [width, count]));
      },
    };
  });
  return run(filters) as tf.Tensor3D;
}

function filterGradient(
  piece: tf.Tensor4D,
  planes: tf.Tensor4D,
  dy: tf.Tensor3D,
  pool: number,
  filterShape: [number, number, number, number],
): tf.Tensor {
  const [batch, count, windows] = dy.shape;
  const engine = tf.engine();
  const pooling = { filterSize: [1, pool], strides: [1, pool], pad: 'valid' };
  const spread: tf.Tensor = engine.runKernel(
    tf.MaxPoolGrad,
    {
      dy: tf.reshape(dy, [batch * count, 1, windows, 1]),
      input: planes,
      // No engine looks at it; the kernel's signature has it.
      output: tf.reshape(dy, [batch * count, 1, windows, 1]),
    },
    pooling,
  );
  return engine.runKernel(
    tf.Conv2DBackpropFilter,
    { x: piece, dy: tf.reshape(spread, [batch, count, 1, windows * pool]) },
    { strides: 1, pad: 'valid', dataFormat: 'NCHW', filterShape },
  );
}

/** `[first, count]` of runs of at most `most` windows (at least one) that make up `total`, of nearly equal length. */
function segmentsOf(total: number, most: number): [number, number][] {
  const pieces = Math.ceil(total / Math.max(1, most));
  return Array.from({ length: pieces }, (_, i) => {
    const first = Math.floor((i * total) / pieces);
    return [first, Math.floor(((i + 1) * total) / pieces) - first];
  });
}

/**
 * The transposed 'same' convolution that turns features back into a series: `[B, L, F], [F, k] -> [B, L]`, without
 * bias: each value spreads over the places that it was computed from.
 */
export function transposedConvolution(features: tf.Tensor3D, filters: tf.Tensor2D): tf.Tensor2D {
  const [batch, length, count] = features.shape;
  const width = filters.shape[1];
  const after = Math.floor((width - 1) / 2);
  const channels = tf.transpose(features, [0, 2, 1]);
  const padded = tf.pad(channels, [
    [0, 0],
    [0, 0],
    [width - 1 - after, after],
  ]);
  const images = tf.reshape(padded, [batch, count, 1, length + width - 1]) as tf.Tensor4D;
  const kernel = tf.reshape(tf.transpose(tf.reverse(filters, 1)), [1, width, count, 1]) as tf.Tensor4D;
  return tf.reshape(tf.conv2d(images, kernel, 1, 'valid', 'NCHW'), [batch, length]) as tf.Tensor2D;
}
