import { decodeTimes, parseTimeUnits, type Calendar } from '../../../src/core/data/cfTime';
import type { Frames, Grid } from '../../../src/core/data/frames';
import { rowsInMemory } from '../../../src/core/data/rows';
import { Random } from '../../../src/core/random';
import { composites } from '../../../src/core/results/composites';
import { renderReport } from '../../../src/core/results/report';
import type { ClusteringResult } from '../../../src/core/results/result';
import { encodeResult } from '../../../src/core/results/resultNetcdf';
import type { RunInfo } from '../../../src/core/results/runJson';

export { sampleConfig, sampleInfo } from './sampleInfo';

export interface SampleOptions {
  readonly steps?: number;
  readonly units?: string;
  readonly calendar?: Calendar;
  readonly kind?: Grid['kind'];
  /** Names of the fields. */
  readonly names?: readonly string[];
}

/** Small frames with a missing cell and a constant one, as the reader would deliver them, and their original values. */
export function sampleFrames(options: SampleOptions = {}): { frames: Frames; original: Float32Array } {
  const {
    steps = 40,
    units = 'days since 2001-02-20',
    calendar = 'standard',
    kind = 'rectilinear',
  } = options;
  const names = options.names ?? ['t2m', 'pr'];
  const [height, width] = [4, 5];
  const cells = names.length * height * width;
  const random = new Random(11);
  const original = Float32Array.from({ length: steps * cells }, (_, at) => {
    const t = Math.floor(at / cells);
    const i = at % cells;
    return 280 + 10 * Math.sin((2 * Math.PI * t) / steps + i / 7) + random.normal();
  });
  const valid = new Uint8Array(cells).fill(1);
  valid[3] = 0;
  const minimum = new Float32Array(cells).fill(Infinity);
  const maximum = new Float32Array(cells).fill(-Infinity);
  for (let t = 0; t < steps; t++) {
    original[t * cells + 3] = 284;
    original[t * cells + 8] = 271.5;
    for (let i = 0; i < cells; i++) {
      minimum[i] = Math.min(minimum[i], original[t * cells + i]);
      maximum[i] = Math.max(maximum[i], original[t * cells + i]);
    }
  }
  const values = original.map((value, at) => {
    const i = at % cells;
    return maximum[i] > minimum[i] ? (value - minimum[i]) / (maximum[i] - minimum[i]) : 0;
  });
  const table = rowsInMemory(values, steps, cells);
  const times = Float64Array.from({ length: steps }, (_, t) => t + 0.5);
  const size = kind === 'rectilinear' ? [height, width] : [height * width, height * width];
  return {
    original,
    frames: {
      fields: names.map((name) => ({
        name,
        longName: `long name of ${name}`,
        units: name === 'pr' ? 'mm d-1' : 'K',
      })),
      time: { values: times, units, calendar, iso: decodeTimes(times, parseTimeUnits(units, calendar)) },
      grid: {
        kind,
        height,
        width,
        latitude: Float64Array.from({ length: size[0] }, (_, i) => 50 - i),
        longitude: Float64Array.from({ length: size[1] }, (_, i) => -20 + 2 * i),
        geographic: true,
        dimensionNames: kind === 'rectilinear' ? ['lat', 'lon'] : ['rlat', 'rlon'],
      },
      table,
      measured: table,
      valid,
      scaling: { kind: 'cell', minimum, maximum, fill: new Float32Array(names.length).fill(284) },
      missing: { share: names.map((_, c) => (c === 0 ? 0.05 : 0)), emptySteps: [] },
      notes: ['One note.'],
    },
  };
}

/** A result with K = 4, whose last cluster is empty. */
export function sampleResult(frames: Frames): ClusteringResult {
  const n = frames.time.values.length;
  const [clusters, dimensions] = [4, 3];
  const random = new Random(12);
  const labels = Int32Array.from({ length: n }, (_, t) => Math.floor((3 * t) / n));
  const softAssignment = new Float32Array(n * clusters);
  for (let t = 0; t < n; t++) {
    const weights = Array.from({ length: clusters }, (_, k) => random.uniform() + (k === labels[t] ? 2 : 0));
    const sum = weights.reduce((a, b) => a + b);
    weights.forEach((weight, k) => (softAssignment[t * clusters + k] = weight / sum));
  }
  const metrics = {
    silhouetteCosine: 0.21,
    silhouetteEuclidean: 0.125,
    daviesBouldin: 1.9,
    calinskiHarabasz: 107.5,
    rmse: 2.5625,
    variance: 0.0625,
    interClusterDistance: 1.75,
    centroidDistance: 1.8125,
  };
  return {
    clusters,
    labels,
    softAssignment,
    embedding: Float32Array.from({ length: n * dimensions }, () => random.normal()),
    dimensions,
    spectralLabels: labels.map((label) => (label + 1) % 3),
    method: 'argmax',
    argmaxLabels: labels,
    metrics,
    argmaxMetrics: metrics,
    spectralMetrics: metrics,
    history: Array.from({ length: 12 }, (_, epoch) => ({
      epoch,
      phase: epoch < 5 ? 'warm-up' : epoch < 8 ? 'joint' : 'adversarial',
      seconds: 1.25,
      losses: {
        reconstruction: 1 / (epoch + 1),
        ...(epoch >= 5 && { clustering: 0.2 / epoch }),
        ...(epoch >= 8 && { adversarial: -0.1 * epoch }),
      },
    })),
  };
}

/** The bytes of result.nc. */
export const encoded = async (...of: RunParts): Promise<Uint8Array> => encodeResult(...of, await mapsOf(of));
/** The text of report.html. */
export const rendered = async (...of: RunParts): Promise<string> => renderReport(...of, await mapsOf(of));

type RunParts = [frames: Frames, result: ClusteringResult, info: RunInfo];
const mapsOf = ([frames, { labels, clusters }]: RunParts) => composites(frames, labels, clusters);
