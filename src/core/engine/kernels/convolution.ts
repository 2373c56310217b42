import * as tf from '@tensorflow/tfjs-core';
import { binary, matMul, reduce, swapLast } from '../arithmetic';
import type { Graph, Value } from '../graph';
import { concat, pad, reshape, slice, transpose } from '../layout';
import type { KernelTable } from './kernel';
import { reverse } from './layout';

const nhwcToNchw = [0, 3, 1, 2];
const nchwToNhwc = [0, 2, 3, 1];
const hwioToOihw = [3, 2, 0, 1];
const oihwToHwio = [2, 3, 1, 0];

export type Layout = 'NHWC' | 'NCHW';

/** Runs `f` on images in NCHW, whatever their layout, and returns its result in theirs. */
export function inNchw(
  g: Graph,
  images: readonly Value[],
  layout: Layout,
  f: (images: Value[]) => Value,
): Value {
  if (layout === 'NCHW') return f([...images]);
  return transpose(g, f(images.map((x) => transpose(g, x, nhwcToNchw))), nchwToNhwc);
}

interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dataFormat?: Layout;
  readonly dilations?: number | [number, number];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function geometry(inputShape: readonly number[], filterShape: readonly number[], a: ConvolutionAttributes) {
  return tf.backend_util.computeConv2DInfo(
    [...inputShape] as [number, number, number, number],
    [...filterShape] as [number, number, number, number],
    a.strides,
    a.dilations ?? 1,
    a.pad,
    a.dimRoundingMode,
    false,
    tf.backend_util.convertConv2DDataFormat(a.dataFormat ?? 'NHWC'),
  );
}

type Geometry = ReturnType<typeof geometry>;

function onnxAttributes(c: Geometry) {
  const { top, left, bottom, right } = c.padInfo;
  return {
    kernel_shape: [c.filterHeight, c.filterWidth],
    strides: [c.strideHeight, c.strideWidth],
    dilations: [c.dilationHeight, c.dilationWidth],
    pads: [top, left, bottom, right],
  };
}

/** Convolution of NCHW images with an OIHW filter. */
function convolve(g: Graph, x: Value, filter: Value, c: Geometry): Value {
  return g.emit(
    'Conv',
    [x, filter],
    onnxAttributes(c),
    [c.batchSize, c.outChannels, c.outHeight, c.outWidth],
    'float32',
  );
}

/** The gradient of {@link convolve} for its images. */
function convolveBackInput(g: Graph, dy: Value, filter: Value, c: Geometry): Value {
  const shape = [c.batchSize, c.inChannels, c.inHeight, c.inWidth];
  const { top, left, bottom, right } = c.padInfo;
  const reachY = (c.filterHeight - 1) * c.dilationHeight;
  const reachX = (c.filterWidth - 1) * c.dilationWidth;
  const unitStride = c.strideHeight === 1 && c.strideWidth === 1;
  // With few input channels the transposed convolution is faster: it unfolds them, not the output's channels.
  const narrow = c.inChannels <= 64 && c.outChannels >= 2 * c.inChannels;
  if (unitStride && !narrow && Math.max(top, bottom) <= reachY && Math.max(left, right) <= reachX) {
    const turned = reverse(g, transpose(g, filter, [1, 0, 2, 3]), [2, 3]);
    return g.emit(
      'Conv',
      [dy, turned],
      {
        kernel_shape: [c.filterHeight, c.filterWidth],
        strides: [1, 1],
        dilations: [c.dilationHeight, c.dilationWidth],
        pads: [reachY - top, reachX - left, reachY - bottom, reachX - right],
      },
      shape,
      'float32',
    );
  }
  // What the forward strides did not reach at the bottom and right edges is filled up by output_padding.
  const rest = (size: number, out: number, stride: number, reach: number, pads: number) =>
    size - ((out - 1) * stride + reach + 1 - pads);
  const missY = rest(c.inHeight, c.outHeight, c.strideHeight, reachY, top + bottom);
  const missX = rest(c.inWidth, c.outWidth, c.strideWidth, reachX, left + right);
  return g.emit(
    'ConvTranspose',
    [dy, filter],
    { ...onnxAttributes(c), output_padding: [missY, missX] },
    shape,
    'float32',
  );
}

/** Fewer pixels than this per image make one product over all images faster than one product for each. */
const pixelsForSeparateProducts = 256;

/** Unfolded images are made and used up in pieces of about this many elements, which caches can hold (4 MiB). */
const mostColumns = 1 << 20;

/**
 * The gradient of {@link convolve} for its filter, OIHW: the images shifted by each position in the filter (unfolded:
 * nine times their size for 3x3) are multiplied with the output's gradient over all pixels.
 */
function convolveBackFilter(g: Graph, x: Value, dy: Value, c: Geometry): Value {
  const separate = c.outHeight * c.outWidth >= pixelsForSeparateProducts || c.batchSize === 1;
  const gradient = separate && g.target === 'cpu' ? imageByImage(g, x, dy, c) : channelByChannel(g, x, dy, c);
  return reshape(g, gradient, [c.outChannels, c.inChannels, c.filterHeight, c.filterWidth]);
}

/** Large images: one product for each, summed; some images at a time. */
function imageByImage(g: Graph, x: Value, dy: Value, c: Geometry): Value {
  const pixels = c.outHeight * c.outWidth;
  const columns = c.inChannels * c.filterHeight * c.filterWidth;
  const images = Math.max(1, Math.floor(mostColumns / (columns * pixels)));
  const parts = inPieces(c.batchSize, images).map(([first, count]) => {
    const unfolded = unfold(g, outer(g, x, first, count), c);
    const rows = reshape(g, outer(g, dy, first, count), [count, c.outChannels, pixels]);
    const products = matMul(g, rows, swapLast(g, reshape(g, unfolded, [count, columns, pixels])));
    return reduce(g, 'Sum', products, [0], false);
  });
  return parts.reduce((sum, part) => binary(g, 'Add', sum, part));
}

/** `[N, C * positions, H, W]`: beside each channel its shifts, by a convolution that copies. */
function unfold(g: Graph, x: Value, c: Geometry): Value {
  const positions = c.filterHeight * c.filterWidth;
  const copies = new Float32Array(c.inChannels * positions * positions);
  for (let i = 0; i < c.inChannels * positions; i++) copies[i * positions + (i % positions)] = 1;
  const filter = g.constant(copies, [c.inChannels * positions, 1, c.filterHeight, c.filterWidth], 'float32');
  const shape = [x.shape[0], c.inChannels * positions, c.outHeight, c.outWidth];
  return g.emit('Conv', [x, filter], { ...onnxAttributes(c), group: c.inChannels }, shape, 'float32');
}

/** Small images: their pixels lie side by side in one product; some channels at a time. */
function channelByChannel(g: Graph, x: Value, dy: Value, c: Geometry): Value {
  const all = c.batchSize * c.outHeight * c.outWidth;
  const positions = c.filterHeight * c.filterWidth;
  const { top, left, bottom, right } = c.padInfo;
  const images = transpose(g, x, [1, 0, 2, 3]);
  const rows = reshape(g, transpose(g, dy, [1, 0, 2, 3]), [c.outChannels, all]);
  const channels = Math.max(1, Math.floor(mostColumns / (positions * all)));
  const parts = inPieces(c.inChannels, channels).map(([first, count]) => {
    const borders = [
      [0, 0],
      [0, 0],
      [top, bottom],
      [left, right],
    ];
    const padded = pad(g, outer(g, images, first, count), borders, 0);
    const shifted: Value[] = [];
    for (let i = 0; i < c.filterHeight; i++) {
      for (let j = 0; j < c.filterWidth; j++) {
        const shift = slice(
          g,
          padded,
          [0, 0, i * c.dilationHeight, j * c.dilationWidth],
          [count, c.batchSize, c.outHeight, c.outWidth],
          [1, 1, c.strideHeight, c.strideWidth],
        );
        shifted.push(reshape(g, shift, [count, 1, all]));
      }
    }
    const columns = reshape(g, concat(g, shifted, 1), [count * positions, all]);
    return matMul(g, rows, swapLast(g, columns));
  });
  return concat(g, parts, 1);
}

/** `[first, count]` of as few pieces of nearly equal size, at most `most`, as make up `total`. */
function inPieces(total: number, most: number): [number, number][] {
  const pieces = Math.ceil(total / most);
  return Array.from({ length: pieces }, (_, i) => {
    const first = Math.floor((i * total) / pieces);
    return [first, Math.floor(((i + 1) * total) / pieces) - first];
  });
}

/** Part of the first axis. */
function outer(g: Graph, x: Value, first: number, count: number): Value {
  const [, ...inner] = x.shape;
  return slice(g, x, [first, ...inner.map(() => 0)], [count, ...inner]);
}

export const convolutionKernels: KernelTable = {
  [tf.Conv2D]: ({ graph: g, inputs: { x, filter }, attributes }) => {
    const a = attributes as ConvolutionAttributes;
    const c = geometry(x.shape, filter.shape, a);
    return inNchw(g, [x], a.dataFormat ?? 'NHWC', ([images]) =>
      convolve(g, images, transpose(g, filter, hwioToOihw), c),
    );
  },
  [tf.Conv2DBackpropInput]: ({ graph: g, inputs: { dy, filter }, attributes }) => {
    const a = attributes as ConvolutionAttributes & { inputShape: number[] };
    const c = geometry(a.inputShape, filter.shape, a);
    return inNchw(g, [dy], a.dataFormat ?? 'NHWC', ([gradient]) =>
      convolveBackInput(g, gradient, transpose(g, filter, hwioToOihw), c),
    );
  },
  [tf.Conv2DBackpropFilter]: ({ graph: g, inputs: { x, dy }, attributes }) => {
    const a = attributes as ConvolutionAttributes & { filterShape: number[] };
    const c = geometry(x.shape, a.filterShape, a);
    const toNchw = (v: Value) => (a.dataFormat === 'NCHW' ? v : transpose(g, v, nhwcToNchw));
    return transpose(g, convolveBackFilter(g, toNchw(x), toNchw(dy), c), oihwToHwio);
  },
};
