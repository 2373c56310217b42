import type { HyperParameters } from '../config';
import { UserError } from '../errors';

/** All sizes of one A-DATSC model: derived once from the data's shape and the hyper-parameters. */
export interface Architecture {
  /** Time steps in a window, windows in a batch. */
  readonly steps: number;
  readonly batch: number;
  /** What an ablation may leave out, as the settings of the same names say. */
  readonly encoder: HyperParameters['model.encoder'];
  readonly temporalAttention: boolean;
  readonly selfExpression: boolean;
  /** Variables, and the grid of the data. */
  readonly variables: number;
  readonly height: number;
  readonly width: number;
  /** The grid padded at the bottom and right to a multiple of 8 x patch, so that three poolings and the patches fit. */
  readonly paddedHeight: number;
  readonly paddedWidth: number;
  /** Channels of the four encoder stages. */
  readonly channels: readonly [number, number, number, number];
  readonly patch: number;
  /** Graph nodes per frame; the LSTM of `cnn-lstm` leaves one. */
  readonly nodes: number;
  readonly heads: number;
  /** Dimensions of z: the linear (EOF) part, the deep part, and their sum. */
  readonly eofs: number;
  readonly deep: number;
  readonly dimensions: number;
  readonly clusters: number;
  /** Rank r of each subspace of the discriminator. */
  readonly rank: number;
}

/** Stages of the encoder below the stem; each halves the grid. */
const POOLINGS = 3;
const PAPER_CHANNELS = [64, 128, 256, 512];

/**
 * The sizes for data of `[n, variables, height, width]`.
 * Throws a UserError when the series is shorter than one window or has fewer steps than clusters.
 */
export function architectureFor(
  data: { n: number; variables: number; height: number; width: number },
  h: HyperParameters,
): Architecture {
  const clusters = h['clusters'];
  const steps = h['window.length'];
  if (data.n < steps) {
    throw new UserError(
      `The data have ${data.n} time steps, fewer than one window of ${steps}. Choose a longer period or a smaller window (setting "window.length").`,
    );
  }
  if (data.n < 2 * clusters) {
    throw new UserError(
      `${data.n} time steps are too few for ${clusters} clusters: at least ${2 * clusters} are needed. Choose fewer clusters or a longer period.`,
    );
  }
  const patch = h['model.patch'];
  const multiple = 2 ** POOLINGS * patch;
  const pad = (size: number): number => Math.ceil(size / multiple) * multiple;
  const heads = h['model.heads'];
  // The attention splits the top stage's channels among its heads.
  const channels = PAPER_CHANNELS.map((c) => Math.max(4, Math.round(c * h['model.widthFactor']))) as number[];
  channels[3] = Math.ceil(channels[3] / heads) * heads;
  const paddedHeight = pad(data.height);
  const paddedWidth = pad(data.width);
  const dimensions = h['model.embeddingDimensions'];
  const cells = data.variables * data.height * data.width;
  return {
    steps,
    batch: h['window.batch'],
    encoder: h['model.encoder'],
    temporalAttention: h['model.temporalAttention'],
    selfExpression: h['model.selfExpression'],
    variables: data.variables,
    height: data.height,
    width: data.width,
    paddedHeight,
    paddedWidth,
    channels: channels as unknown as Architecture['channels'],
    patch,
    nodes: h['model.encoder'] === 'cnn-lstm' ? 1 : (paddedHeight / multiple) * (paddedWidth / multiple),
    heads,
    ...embeddingParts(data.n, cells, h),
    dimensions,
    clusters,
    rank: Math.min(h['discriminator.rank'], Math.floor(dimensions / 2)),
  };
}

/** Dimensions of the linear (EOF) and of the deep part of z for a series of n frames of so many values. */
export function embeddingParts(
  n: number,
  cells: number,
  h: HyperParameters,
): Pick<Architecture, 'eofs' | 'deep'> {
  const dimensions = h['model.embeddingDimensions'];
  const eofs = Math.min(h['model.eofs'], dimensions - 2, n - 1, cells);
  return { eofs, deep: dimensions - eofs };
}
