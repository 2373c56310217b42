/**
 * Readies tfjs-core: gradients are registered, which it leaves to its users; some that it lacks are added, and one is
 * put right. Its advice on the console (to install another backend) is turned off. All this is global, however many
 * copies of tfjs-core a process has loaded.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';

/** Comparisons and logic are constant almost everywhere: gradients that reach them end there. */
const constantComparisons: readonly string[] = [
  tf.Greater,
  tf.Less,
  tf.LessEqual,
  tf.Equal,
  tf.NotEqual,
  tf.LogicalAnd,
  tf.LogicalOr,
];

/** Done when this module is loaded; again after another copy of tfjs, which registers its own gradients over these. */
export function readyGradients(): void {
  tf.enableProdMode();
  for (const kernelName of constantComparisons) {
    replaceGradient({
      kernelName,
      inputsToSave: ['a', 'b'],
      gradFunc: (_, [a, b]) => ({ a: () => tf.zeros(a.shape), b: () => tf.zeros(b.shape) }),
    });
  }
  replaceGradient({
    kernelName: tf.LogicalNot,
    inputsToSave: ['x'],
    gradFunc: (_, [x]) => ({ x: () => tf.zeros(x.shape) }),
  });
  /** tfjs forgets to sum over the broadcast axes. */
  replaceGradient({
    kernelName: tf.SquaredDifference,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b]) => {
      const slope = (x: tf.Tensor, y: tf.Tensor) => {
        const full = tf.mul(dy as tf.Tensor, tf.mul(tf.sub(x, y), 2));
        const axes = tf.broadcast_util.getReductionAxes(x.shape, full.shape);
        return tf.reshape(axes.length > 0 ? tf.sum(full, axes) : full, x.shape);
      };
      return { a: () => slope(a, b), b: () => slope(b, a) };
    },
  });
}

function replaceGradient(config: tf.GradConfig): void {
  if (tf.getGradient(config.kernelName)) tf.unregisterGradient(config.kernelName);
  tf.registerGradient(config);
}

readyGradients();
