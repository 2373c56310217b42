import * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine';

/**
 * Value and gradients of a scalar loss with respect to named tensors, with whatever else the computation wants to
 * return. `compute` gives the loss and auxiliary tensors; tfjs' own function would dispose of the latter.
 */
export function valueAndGradients(
  parameters: Tensors,
  compute: (parameters: Tensors) => { loss: tf.Scalar; auxiliary: Tensors },
): { loss: tf.Scalar; auxiliary: Tensors; gradients: Tensors } {
  const names = Object.keys(parameters);
  const kept: Tensors = {};
  const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
    const { loss, auxiliary } = compute(Object.fromEntries(names.map((name, i) => [name, tensors[i]])));
    for (const [name, tensor] of Object.entries(auxiliary)) kept[name] = tf.keep(tensor);
    return loss;
  })(names.map((name) => parameters[name]));
  // Hand the kept tensors over to the caller's scope.
  const auxiliary = Object.fromEntries(
    Object.entries(kept).map(([name, tensor]) => {
      const copy = tf.clone(tensor);
      tensor.dispose();
      return [name, copy];
    }),
  );
  return {
    loss: value as tf.Scalar,
    auxiliary,
    gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]])),
  };
}
