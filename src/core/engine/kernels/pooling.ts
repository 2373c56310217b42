import * as tf from '@tensorflow/tfjs-core';
import { binary, cast, compare, matMul, swapLast } from '../arithmetic';
import { type Graph, type Value, sizeOf } from '../graph';
import { concat, reshape, slice, transpose } from '../layout';
import { inNchw } from './convolution';
import { gatherRows } from './indexing';
import type { KernelTable } from './kernel';

interface PoolingAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function geometry(inputShape: readonly number[], a: PoolingAttributes) {
  const shape = [...inputShape] as [number, number, number, number];
  return tf.backend_util.computePool2DInfo(shape, a.filterSize, a.strides, 1, a.pad, a.dimRoundingMode);
}

type Geometry = ReturnType<typeof geometry>;

function onnxAttributes(c: Geometry) {
  const { top, left, bottom, right } = c.padInfo;
  return {
    kernel_shape: [c.filterHeight, c.filterWidth],
    strides: [c.strideHeight, c.strideWidth],
    pads: [top, left, bottom, right],
  };
}

const inputShape = (c: Geometry) => [c.batchSize, c.inChannels, c.inHeight, c.inWidth];
const outputShape = (c: Geometry) => [c.batchSize, c.inChannels, c.outHeight, c.outWidth];

function maxPool(g: Graph, x: Value, c: Geometry): readonly Value[] {
  return g.emitAll('MaxPool', [x], onnxAttributes(c), [
    { shape: outputShape(c), dtype: 'float32' },
    { shape: outputShape(c), dtype: 'int64' },
  ]);
}

/** Sends each output's gradient to where its maximum was found (the first, when several are equal). */
function maxPoolGradient(g: Graph, dy: Value, x: Value, c: Geometry): Value {
  // WebGPU's MaxPool cannot say where.
  if (g.target === 'webgpu') return maxPoolGradientBySlices(g, dy, x, c);
  const positions = maxPool(g, x, c)[1];
  const count = sizeOf(dy.shape);
  const zeros = g.splat(0, [sizeOf(x.shape)], 'float32');
  const scattered = g.emit(
    'ScatterElements',
    [zeros, reshape(g, positions, [count]), reshape(g, dy, [count])],
    { axis: 0, reduction: 'add' },
    [sizeOf(x.shape)],
    'float32',
  );
  return reshape(g, scattered, x.shape);
}

/**
 * The same for windows that do not overlap, by comparing the slices of x that hold the first, second... element of all
 * windows with their maxima.
 */
function maxPoolGradientBySlices(g: Graph, dy: Value, x: Value, c: Geometry): Value {
  const { filterHeight: a, filterWidth: b, outHeight: h, outWidth: w } = c;
  const { top, left, bottom, right } = c.padInfo;
  const tiles = a === c.strideHeight && b === c.strideWidth && h * a === c.inHeight && w * b === c.inWidth;
  if (!tiles || top + left + bottom + right > 0) {
    throw new Error('On WebGPU max pooling has a gradient only where windows tile the input.');
  }
  const planes = c.batchSize * c.inChannels;
  const whole = [planes, h, w, 1];
  // [planes, h, w, a * b], each window's elements in reading order.
  const windows = reshape(g, transpose(g, reshape(g, x, [planes, h, a, w, b]), [0, 1, 3, 2, 4]), [
    planes,
    h,
    w,
    a * b,
  ]);
  const maxima = reshape(g, maxPool(g, x, c)[0], whole);
  let open: Value = g.splat(1, whole, 'float32');
  const parts: Value[] = [];
  for (let i = 0; i < a * b; i++) {
    const element = slice(g, windows, [0, 0, 0, i], whole);
    const isMaximum = cast(g, compare(g, 'GreaterOrEqual', element, maxima), 'float32');
    const isFirst = binary(g, 'Mul', isMaximum, open);
    open = binary(g, 'Sub', open, isFirst);
    parts.push(isFirst);
  }
  const spread = binary(g, 'Mul', concat(g, parts, 3), reshape(g, dy, whole));
  return reshape(g, transpose(g, reshape(g, spread, [planes, h, w, a, b]), [0, 1, 3, 2, 4]), x.shape);
}

/** Spreads each output's gradient evenly over its window: a transposed convolution with a constant filter. */
function avgPoolGradient(g: Graph, dy: Value, c: Geometry): Value {
  const planes = c.batchSize * c.inChannels;
  const { top, left, bottom, right } = c.padInfo;
  const share = Math.fround(1 / (c.filterHeight * c.filterWidth));
  const spread = g.emit(
    'ConvTranspose',
    [
      reshape(g, dy, [planes, 1, c.outHeight, c.outWidth]),
      g.splat(share, [1, 1, c.filterHeight, c.filterWidth], 'float32'),
    ],
    {
      ...onnxAttributes(c),
      output_padding: [
        c.inHeight - ((c.outHeight - 1) * c.strideHeight + c.filterHeight - top - bottom),
        c.inWidth - ((c.outWidth - 1) * c.strideWidth + c.filterWidth - left - right),
      ],
    },
    [planes, 1, c.inHeight, c.inWidth],
    'float32',
  );
  return reshape(g, spread, inputShape(c));
}

interface ResizeAttributes {
  readonly alignCorners: boolean;
  readonly halfPixelCenters?: boolean;
}

/** Which of `from` pixels each of `to` pixels copies, as tfjs computes it. */
function nearestPixels(
  from: number,
  to: number,
  { alignCorners, halfPixelCenters }: ResizeAttributes,
): number[] {
  const align = alignCorners && to > 1;
  const scale = (align ? from - 1 : from) / (align ? to - 1 : to);
  return Array.from({ length: to }, (_, i) => {
    const source = halfPixelCenters ? scale * (i + 0.5) : scale * i;
    return Math.max(0, Math.min(from - 1, alignCorners ? Math.round(source) : Math.floor(source)));
  });
}

function resizeNearest(g: Graph, images: Value, size: readonly number[], a: ResizeAttributes): Value {
  const [n, h, w, c] = images.shape;
  const rows = nearestPixels(h, size[0], a);
  const columns = nearestPixels(w, size[1], a);
  const scale = size[0] / h;
  const whole =
    Number.isInteger(scale) && size[1] === w * scale && rows.every((r, i) => r === Math.floor(i / scale));
  if (whole && columns.every((r, i) => r === Math.floor(i / scale))) {
    const scales = g.constant(Float32Array.of(1, 1, scale, scale), [4], 'float32');
    const mode = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
    return inNchw(g, [images], 'NHWC', ([x]) =>
      g.emit('Resize', [x, undefined, scales], mode, [n, c, size[0], size[1]], 'float32'),
    );
  }
  const index = (pixels: number[]) => g.constant(Int32Array.from(pixels), [pixels.length], 'int32');
  return gatherRows(g, gatherRows(g, images, index(rows), 1), index(columns), 2);
}

/** The gradient of {@link resizeNearest}: sums over the copies, as products with 0-1 matrices on both sides. */
function resizeNearestGradient(g: Graph, dy: Value, shape: readonly number[], a: ResizeAttributes): Value {
  const [n, h, w, c] = shape;
  const selection = (from: number, to: number) => {
    const matrix = new Float32Array(to * from);
    nearestPixels(from, to, a).forEach((pixel, i) => (matrix[i * from + pixel] = 1));
    return g.constant(matrix, [to, from], 'float32');
  };
  const [, H, W] = dy.shape;
  const planes = reshape(g, transpose(g, dy, [0, 3, 1, 2]), [n * c, H, W]);
  const narrowed = matMul(g, planes, selection(w, W));
  const summed = matMul(g, swapLast(g, selection(h, H)), narrowed);
  return transpose(g, reshape(g, summed, [n, c, h, w]), [0, 2, 3, 1]);
}

export const poolingKernels: KernelTable = {
  [tf.MaxPool]: ({ graph: g, inputs, attributes }) => {
    const c = geometry(inputs.x.shape, attributes as PoolingAttributes);
    return inNchw(g, [inputs.x], 'NHWC', ([x]) => maxPool(g, x, c)[0]);
  },
  [tf.MaxPoolGrad]: ({ graph: g, inputs, attributes }) => {
    const c = geometry(inputs.input.shape, attributes as PoolingAttributes);
    return inNchw(g, [inputs.dy, inputs.input], 'NHWC', ([dy, x]) => maxPoolGradient(g, dy, x, c));
  },
  [tf.AvgPool]: ({ graph: g, inputs, attributes }) => {
    const c = geometry(inputs.x.shape, attributes as PoolingAttributes);
    return inNchw(g, [inputs.x], 'NHWC', ([x]) =>
      g.emit('AveragePool', [x], { ...onnxAttributes(c), count_include_pad: 0 }, outputShape(c), 'float32'),
    );
  },
  [tf.AvgPoolGrad]: ({ graph: g, inputs, attributes }) => {
    const c = geometry(inputs.input.shape, attributes as PoolingAttributes);
    return inNchw(g, [inputs.dy], 'NHWC', ([dy]) => avgPoolGradient(g, dy, c));
  },
  [tf.ResizeNearestNeighbor]: ({ graph: g, inputs, attributes }) => {
    const a = attributes as tf.ResizeNearestNeighborAttrs;
    return resizeNearest(g, inputs.images, a.size, a);
  },
  [tf.ResizeNearestNeighborGrad]: ({ graph: g, inputs, attributes }) =>
    resizeNearestGradient(g, inputs.dy, inputs.images.shape, attributes as tf.ResizeNearestNeighborGradAttrs),
};
