import * as tf from '@tensorflow/tfjs-core';
import { matMul, reduce, swapLast } from '../arithmetic';
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

/** Convolution of NCHW images with an OIHW filter. */
function convolve(g: Graph, x: Value, filter: Value, c: Geometry): Value {
  const { top, left, bottom, right } = c.padInfo;
  return g.emit(
    'Conv',
    [x, filter],
    {
      kernel_shape: [c.filterHeight, c.filterWidth],
      strides: [c.strideHeight, c.strideWidth],
      dilations: [c.dilationHeight, c.dilationWidth],
      pads: [top, left, bottom, right],
    },
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
    {
      kernel_shape: [c.filterHeight, c.filterWidth],
      strides: [c.strideHeight, c.strideWidth],
      dilations: [c.dilationHeight, c.dilationWidth],
      pads: [top, left, bottom, right],
      output_padding: [missY, missX],
    },
    shape,
    'float32',
  );
}

/** Fewer pixels than this per image make one product over all images faster than one product for each. */
const pixelsForSeparateProducts = 256;

/**
 * The gradient of {@link convolve} for its filter, OIHW: the images shifted by each position in the filter are stacked
 * along the channels, and multiplied with the output's gradient over all pixels.
 */
function convolveBackFilter(g: Graph, x: Value, dy: Value, c: Geometry): Value {
  const { top, left, bottom, right } = c.padInfo;
  const pixels = c.outHeight * c.outWidth;
  const positions = c.filterHeight * c.filterWidth;
  const separate = pixels >= pixelsForSeparateProducts || c.batchSize === 1;
  // Images last when they are summed over within one product.
  const images = separate ? x : transpose(g, x, [1, 0, 2, 3]);
  const gradient = separate ? dy : transpose(g, dy, [1, 0, 2, 3]);
  const outer = images.shape.slice(0, 2);
  const padded = pad(
    g,
    images,
    [
      [0, 0],
      [0, 0],
      [top, bottom],
      [left, right],
    ],
    0,
  );
  const shifted: Value[] = [];
  for (let i = 0; i < c.filterHeight; i++) {
    for (let j = 0; j < c.filterWidth; j++) {
      shifted.push(
        slice(
          g,
          padded,
          [0, 0, i * c.dilationHeight, j * c.dilationWidth],
          [...outer, c.outHeight, c.outWidth],
          [1, 1, c.strideHeight, c.strideWidth],
        ),
      );
    }
  }
  // The positions lie beside each channel, as they do in the filter.
  const channels = c.inChannels * positions;
  const filterShape = [c.outChannels, c.inChannels, c.filterHeight, c.filterWidth];
  if (separate) {
    const parts = shifted.map((part) => reshape(g, part, [...outer, 1, pixels]));
    const columns = reshape(g, concat(g, parts, 2), [c.batchSize, channels, pixels]);
    const rows = reshape(g, gradient, [c.batchSize, c.outChannels, pixels]);
    return reshape(g, reduce(g, 'Sum', matMul(g, rows, swapLast(g, columns)), [0], false), filterShape);
  }
  const all = c.batchSize * pixels;
  const parts = shifted.map((part) => reshape(g, part, [c.inChannels, 1, all]));
  const columns = reshape(g, concat(g, parts, 1), [channels, all]);
  return reshape(g, matMul(g, reshape(g, gradient, [c.outChannels, all]), swapLast(g, columns)), filterShape);
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
