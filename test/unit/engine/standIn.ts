import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * A package that behaves like @tensorflow/tfjs-node when it is loaded, but computes in plain JavaScript: it has copies of
 * tfjs-core and of a backend of its own, makes that backend the active one, registers a gradient over ours, convolves
 * channels-last images only (as TensorFlow on the CPU), and calls a function that Node 23 has removed. It says nothing
 * about TensorFlow itself.
 *
 * @returns the folder of the project that has it
 */
export function installStandIn(folder: string, version = '4.22.0'): string {
  const modules = path.join(folder, 'node_modules');
  for (const [name, files] of [
    ['@tensorflow/tfjs-core', ['package.json', 'dist/tf-core.node.js']],
    ['@tensorflow/tfjs-backend-cpu', ['package.json', 'dist/tf-backend-cpu.node.js']],
    ['seedrandom', ['']],
    ['long', ['']],
  ] as const) {
    for (const file of files)
      cpSync(path.resolve('node_modules', name, file), path.join(modules, name, file), { recursive: true });
  }
  const own = path.join(modules, '@tensorflow', 'tfjs-node');
  mkdirSync(own, { recursive: true });
  writeFileSync(
    path.join(own, 'package.json'),
    JSON.stringify({ name: '@tensorflow/tfjs-node', version, main: 'index.js' }),
  );
  writeFileSync(path.join(own, 'index.js'), index);
  return folder;
}

const index = `
const tf = require('@tensorflow/tfjs-core');
const { MathBackendCPU } = require('@tensorflow/tfjs-backend-cpu');
const util = require('node:util');
if (!util.isNullOrUndefined(null)) throw new Error('isNullOrUndefined is broken.');
tf.registerBackend('tensorflow', () => new MathBackendCPU(), 3);
for (const kernel of tf.getKernelsForBackend('cpu')) {
  const kernelFunc = (call) => {
    if (call.attrs && call.attrs.dataFormat === 'NCHW') throw new Error('only NHWC');
    return kernel.kernelFunc(call);
  };
  tf.registerKernel({ ...kernel, backendName: 'tensorflow', kernelFunc });
}
if (tf.getGradient('SquaredDifference')) tf.unregisterGradient('SquaredDifference');
tf.registerGradient({
  kernelName: 'SquaredDifference',
  gradFunc: () => { throw new Error('the gradient of the other copy'); },
});
tf.setBackend('tensorflow');
`;
