import {
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  type KernelConfig,
  type Tensor4D,
  type TensorInfo,
  engine,
  getKernel,
  registerKernel,
  tidy,
  transpose,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import type { KernelBackend } from '@tensorflow/tfjs-core';

type Attributes = Record<string, unknown>;

/** What of a convolution's kernel is an image: these inputs, perhaps the output, and the attribute with its shape. */
const convolutions = {
  [Conv2D]: { images: ['x'], outputIsImage: true },
  [Conv2DBackpropInput]: { images: ['dy'], outputIsImage: true },
  [Conv2DBackpropFilter]: { images: ['x', 'dy'], outputIsImage: false },
} as const;

const adapted = new Set<string>();

/**
 * Lets a backend convolve images `[N, C, H, W]` that only knows `[N, H, W, C]`, as TensorFlow on the CPU and tfjs's
 * WebAssembly do: they are transposed before and after.
 */
export function convolveChannelsLast(backendName: string): void {
  if (adapted.has(backendName)) return;
  adapted.add(backendName);
  for (const [kernelName, roles] of Object.entries(convolutions)) {
    const original = getKernel(kernelName, backendName) as KernelConfig | undefined;
    if (!original) continue;
    unregisterKernel(kernelName, backendName);
    registerKernel({
      ...original,
      kernelFunc: (call) => {
        const attributes = call.attrs as Attributes;
        if (attributes.dataFormat !== 'NCHW') return original.kernelFunc(call);
        return tidy(() => {
          const inputs = { ...call.inputs };
          for (const name of roles.images) inputs[name] = transpose(inputs[name] as Tensor4D, [0, 2, 3, 1]);
          const result = original.kernelFunc({ ...call, inputs, attrs: lastAttributes(attributes) as never });
          const output = engine().makeTensorFromTensorInfo(
            result as TensorInfo,
            call.backend as KernelBackend,
          ) as Tensor4D;
          return roles.outputIsImage ? transpose(output, [0, 3, 1, 2]) : output;
        });
      },
    });
  }
}

function lastAttributes({ inputShape, ...others }: Attributes): Attributes {
  const [n, c, h, w] = (inputShape ?? []) as number[];
  return { ...others, dataFormat: 'NHWC', ...(inputShape !== undefined && { inputShape: [n, h, w, c] }) };
}
