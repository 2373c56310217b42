/**
 * Fields with known regimes, to test whether a method finds what is there. The cases are those of method.md section 5:
 * subspaces (G1), subspaces with shifted centres (G2), folded subspaces (G4), regimes that differ only in how the field
 * moves (G6), and randomly shifted templates (G7).
 */
import type { Random } from '../random';

export type SyntheticCase = 'G1' | 'G2' | 'G4' | 'G6' | 'G7';

export interface SyntheticOptions {
  /** Time steps T. Default 365. */
  readonly length?: number;
  /** Rows H and columns W. Default 16 and 16. */
  readonly height?: number;
  readonly width?: number;
  /** Variables C. Default 3. */
  readonly channels?: number;
  /** Regimes K. Default 5; G6 has its five wave speeds. */
  readonly clusters?: number;
  /** Noise, relative to the signal's size per cell in G1 to G4 (default 0.1), in standard deviations in G6 and G7 (0.3). */
  readonly noise?: number;
  /** Distance of the regimes' centres from the origin in G2, relative to the signal's. Default 0.5 (0 in G1 and G4). */
  readonly delta?: number;
  /** Dimension r of the subspaces of G1 to G4. Default 4. */
  readonly rank?: number;
  /** Probability to stay in a regime from one step to the next. Default 0.95, in G6 0.97. */
  readonly persistence?: number;
}

export interface SyntheticFields {
  readonly length: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly clusters: number;
  /** Scaled to [0, 1] per cell and variable over time. [T, C, H, W] */
  readonly frames: Float32Array;
  /** The regime of each step. [T] */
  readonly labels: Int32Array;
}

/** Angular speeds of the regimes of G6, in radians per step. */
const WAVE_SPEEDS = [-1.2, -0.5, 0, 0.5, 1.2];

/** Generates one of the cases. The same generator state gives the same fields. */
export function synthesize(
  name: SyntheticCase,
  random: Random,
  options: SyntheticOptions = {},
): SyntheticFields {
  const moving = name === 'G6';
  const shape: Shape = {
    length: options.length ?? 365,
    channels: options.channels ?? 3,
    height: options.height ?? 16,
    width: options.width ?? 16,
    clusters: moving ? WAVE_SPEEDS.length : (options.clusters ?? 5),
  };
  const labels = stickyRegimes(shape, options.persistence ?? (moving ? 0.97 : 0.95), random);
  let frames: Float64Array;
  switch (name) {
    case 'G6':
      frames = waves(shape, labels, options.noise ?? 0.3, random);
      break;
    case 'G7':
      frames = shiftedTemplates(shape, labels, options.noise ?? 0.3, random);
      break;
    default:
      frames = subspaces(
        shape,
        labels,
        options.rank ?? 4,
        options.delta ?? (name === 'G2' ? 0.5 : 0),
        options.noise ?? 0.1,
        random,
      );
      if (name === 'G4') frames = frames.map(Math.abs);
  }
  return { ...shape, frames: scaleCells(frames, shape.length), labels };
}

interface Shape {
  readonly length: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly clusters: number;
}

/** Every regime has at least this share of the time steps that it would have on average. */
const LEAST_SHARE = 0.2;
const MOST_DRAWS = 10_000;

/** A Markov chain in which every regime occurs: one that is (almost) absent could not be found by any method. */
function stickyRegimes(shape: Shape, persistence: number, random: Random): Int32Array {
  const { length, clusters } = shape;
  for (let draw = 0; draw < MOST_DRAWS; draw++) {
    const labels = markovChain(shape, persistence, random);
    const sizes = new Int32Array(clusters);
    for (const label of labels) sizes[label]++;
    if (Math.min(...sizes) >= Math.floor((LEAST_SHARE * length) / clusters)) return labels;
  }
  throw new Error(
    `${clusters} regimes do not all occur in ${length} steps at a persistence of ${persistence}.`,
  );
}

/** Stays with probability `persistence` and otherwise moves to any other regime. */
function markovChain({ length, clusters }: Shape, persistence: number, random: Random): Int32Array {
  const labels = new Int32Array(length);
  labels[0] = random.integer(clusters);
  for (let t = 1; t < length; t++) {
    const stays = clusters === 1 || random.uniform() < persistence;
    labels[t] = stays ? labels[t - 1] : (labels[t - 1] + 1 + random.integer(clusters - 1)) % clusters;
  }
  return labels;
}

/**
 * x_t = U_y a_t + δ √r μ_y + noise: U_k an orthonormal basis of r smooth fields, μ_k a smooth unit field, a_t an
 * autoregressive process (0.7) of unit variance that starts anew when the regime changes, noise of standard deviation
 * `noise` √(r/D) per cell.
 */
function subspaces(
  shape: Shape,
  labels: Int32Array,
  rank: number,
  delta: number,
  noise: number,
  random: Random,
): Float64Array {
  const { length, clusters } = shape;
  const cells = shape.channels * shape.height * shape.width;
  const memory = 0.7;
  const bases = Array.from({ length: clusters }, () =>
    orthonormal(Array.from({ length: rank }, () => smoothField(shape, 2, 'reflect', random))),
  );
  const centres = Array.from(
    { length: clusters },
    () => orthonormal([smoothField(shape, 2, 'reflect', random)])[0],
  );
  const frames = new Float64Array(length * cells);
  const a = new Float64Array(rank);
  for (let t = 0; t < length; t++) {
    const y = labels[t];
    const starts = t === 0 || labels[t - 1] !== y;
    for (let p = 0; p < rank; p++) {
      const shock = random.normal();
      a[p] = starts ? shock : memory * a[p] + Math.sqrt(1 - memory * memory) * shock;
    }
    for (let j = 0; j < cells; j++) {
      let value = delta * Math.sqrt(rank) * centres[y][j];
      for (let p = 0; p < rank; p++) value += a[p] * bases[y][p][j];
      frames[t * cells + j] = value + noise * Math.sqrt(rank / cells) * random.normal();
    }
  }
  return frames;
}

/**
 * One travelling wave whose phase θ_t = θ_{t-1} + ω_y + 0.05 N(0,1) runs at the regime's speed; variable c is
 * profile_c(row) cos(x + θ_t + φ_c), of unit standard deviation before noise is added.
 */
function waves(shape: Shape, labels: Int32Array, noise: number, random: Random): Float64Array {
  const { length, channels, height, width } = shape;
  const profiles = Array.from({ length: channels }, () =>
    gaussianFilter(normals(height, random), 1, height, 2, 'reflect'),
  );
  const phases = Array.from({ length: channels }, () => 2 * Math.PI * random.uniform());
  const frames = new Float64Array(length * channels * height * width);
  let theta = 2 * Math.PI * random.uniform();
  let at = 0;
  for (let t = 0; t < length; t++) {
    theta += WAVE_SPEEDS[labels[t]] + 0.05 * random.normal();
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < height; i++) {
        for (let j = 0; j < width; j++) {
          frames[at++] = profiles[c][i] * Math.cos((2 * Math.PI * j) / width + theta + phases[c]);
        }
      }
    }
  }
  return addNoise(frames, noise, random);
}

/**
 * Each regime has one smooth periodic template of unit standard deviation, whose mean is left as it fell (k-means lives
 * on it); each frame shows it displaced by a random walk of -2..2 cells a step.
 */
function shiftedTemplates(shape: Shape, labels: Int32Array, noise: number, random: Random): Float64Array {
  const { length, channels, height, width, clusters } = shape;
  const templates = Array.from({ length: clusters }, () =>
    unitDeviation(smoothField(shape, 1.2, 'wrap', random)),
  );
  const frames = new Float64Array(length * channels * height * width);
  let down = random.integer(height);
  let right = random.integer(width);
  let at = 0;
  for (let t = 0; t < length; t++) {
    down = (down + random.integer(5) - 2 + height) % height;
    right = (right + random.integer(5) - 2 + width) % width;
    const template = templates[labels[t]];
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < height; i++) {
        const row = (c * height + ((i + down) % height)) * width;
        for (let j = 0; j < width; j++) frames[at++] = template[row + ((j + right) % width)];
      }
    }
  }
  return addNoise(frames, noise, random);
}

type Boundary = 'reflect' | 'wrap';

function normals(n: number, random: Random): Float64Array {
  return Float64Array.from({ length: n }, () => random.normal());
}

/** White noise [C, H, W], smoothed in both horizontal directions. */
function smoothField({ channels, height, width }: Shape, sigma: number, boundary: Boundary, random: Random) {
  const field = new Float64Array(channels * height * width);
  for (let c = 0; c < channels; c++) {
    const alongRows = gaussianFilter(normals(height * width, random), height, width, sigma, boundary);
    const turned = transpose(alongRows, height, width);
    const both = transpose(gaussianFilter(turned, width, height, sigma, boundary), width, height);
    field.set(both, c * height * width);
  }
  return field;
}

/** Gaussian filter along the rows of a [m, n], cut off at four standard deviations. */
function gaussianFilter(
  a: Float64Array,
  m: number,
  n: number,
  sigma: number,
  boundary: Boundary,
): Float64Array {
  const radius = Math.ceil(4 * sigma);
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, k) =>
    Math.exp(-(((k - radius) / sigma) ** 2) / 2),
  );
  const sum = weights.reduce((s, w) => s + w, 0);
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let value = 0;
      for (let k = -radius; k <= radius; k++)
        value += weights[k + radius] * a[i * n + foldIndex(j + k, n, boundary)];
      out[i * n + j] = value / sum;
    }
  }
  return out;
}

/** An index beyond the ends, taken back inside: around the circle, or mirrored with the end repeated. */
function foldIndex(j: number, n: number, boundary: Boundary): number {
  const period = boundary === 'wrap' ? n : 2 * n;
  const k = ((j % period) + period) % period;
  return k < n ? k : 2 * n - 1 - k;
}

function transpose(a: Float64Array, m: number, n: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j * m + i] = a[i * n + j];
  return out;
}

/** Orthonormal basis of what the fields span (modified Gram-Schmidt, in order; the fields must be independent). */
function orthonormal(fields: Float64Array[]): Float64Array[] {
  const product = (p: Float64Array, q: Float64Array) => p.reduce((sum, value, i) => sum + value * q[i], 0);
  fields.forEach((field, i) => {
    for (const earlier of fields.slice(0, i)) {
      const c = product(field, earlier);
      for (let j = 0; j < field.length; j++) field[j] -= c * earlier[j];
    }
    const norm = Math.sqrt(product(field, field));
    for (let j = 0; j < field.length; j++) field[j] /= norm;
  });
  return fields;
}

/** Divided by the standard deviation of all entries. */
function unitDeviation(a: Float64Array): Float64Array {
  const mean = a.reduce((sum, v) => sum + v, 0) / a.length;
  const deviation = Math.sqrt(a.reduce((sum, v) => sum + (v - mean) ** 2, 0) / a.length);
  return a.map((v) => v / deviation);
}

/** Scales a field series to unit standard deviation and adds white noise. */
function addNoise(frames: Float64Array, noise: number, random: Random): Float64Array {
  return unitDeviation(frames).map((value) => value + noise * random.normal());
}

/** Min-max scaling of every column of a [T, cells] table; constant columns become 0. */
function scaleCells(frames: Float64Array, length: number): Float32Array {
  const cells = frames.length / length;
  const scaled = new Float32Array(frames.length);
  for (let j = 0; j < cells; j++) {
    let low = Infinity;
    let high = -Infinity;
    for (let at = j; at < frames.length; at += cells) {
      low = Math.min(low, frames[at]);
      high = Math.max(high, frames[at]);
    }
    if (high > low)
      for (let at = j; at < frames.length; at += cells) scaled[at] = (frames[at] - low) / (high - low);
  }
  return scaled;
}
