/** Meridians and parallels, and the degrees written beside them. */
import type { MultiLineString } from 'geojson';
import type { Camera } from './camera';
import type { Pair } from './planes';
import type { Region } from './worldLines';
import { visibleRegion } from './lines';
import { formatLatitude, formatLongitude } from './ticks';

export interface GraticuleLabel {
  /** In pixels of the picture; labels at its rim lie outside of it. */
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly baseline: 'top' | 'middle' | 'bottom';
  /** Over the map instead of beside it: needs a halo. */
  readonly inside: boolean;
}

export interface Graticule {
  /** In degrees; empty for grids without geography. */
  readonly lines: MultiLineString;
  readonly labels: readonly GraticuleLabel[];
}

/** Steps of a graticule in degrees that an atlas would use. */
const STEPS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 90];

/** Meridians and parallels for a picture: about five along its shorter side. */
export function createGraticule(camera: Camera): Graticule {
  const spacing = Math.max(40, Math.min(90, Math.min(camera.size.width, camera.size.height) / 5));
  if (!camera.fit.domain.geographic) return { lines: empty, labels: indexLabels(camera, spacing) };
  const region = visibleRegion(camera);
  if (!region) return { lines: empty, labels: [] };
  const steps = graticuleSteps(camera, spacing);
  return {
    lines: { type: 'MultiLineString', coordinates: graticuleLines(region, steps) },
    labels: labelsOf(camera, steps),
  };
}

const empty: MultiLineString = { type: 'MultiLineString', coordinates: [] };

/** Degrees between neighbouring parallels, and between neighbouring meridians. */
interface Steps {
  readonly latitude: number;
  readonly longitude: number;
}

/** One pixel is some degrees of latitude in the middle of the picture. */
function graticuleSteps(camera: Camera, spacing: number): Steps {
  const degrees = ((180 / Math.PI) * spacing) / camera.scale;
  const { kind } = camera.plane.parameters;
  if (kind !== 'northPolar' && kind !== 'southPolar') {
    const step = nearestStep(degrees);
    return { latitude: step, longitude: step };
  }
  // A stereographic plane has a scale of a half at its pole, and meridians meet there.
  const latitude = nearestStep(1.5 * degrees);
  return { latitude, longitude: nearestStep(Math.min(30, 3 * latitude)) };
}

function nearestStep(degrees: number): number {
  const distance = (step: number) => Math.abs(Math.log(step / degrees));
  return STEPS.reduce((best, step) => (distance(step) < distance(best) ? step : best));
}

function graticuleLines(region: Region, steps: Steps): Pair[][] {
  const lines: Pair[][] = [];
  const [south, north] = [Math.max(-90, region.south), Math.min(90, region.north)];
  const fine = Math.min(2.5, steps.latitude / 4);
  const points = (from: number, to: number, at: (value: number) => Pair) => {
    const count = Math.max(2, Math.ceil((to - from) / fine));
    return Array.from({ length: count + 1 }, (_, i) => at(from + ((to - from) * i) / count));
  };
  const around = region.east - region.west >= 360;
  const first = Math.ceil(region.west / steps.longitude - 1e-9);
  const last = Math.floor(region.east / steps.longitude + 1e-9) - (around ? 1 : 0);
  // Only every quarter turn reaches the poles, where all would meet.
  for (let i = first; i <= last; i++) {
    const longitude = i * steps.longitude;
    const short =
      Math.abs(longitude % 90) > 1e-9 && steps.longitude < 90 ? Math.max(80, 90 - steps.latitude) : 90;
    const [from, to] = [Math.max(south, -short), Math.min(north, short)];
    if (to > from) lines.push(points(from, to, (latitude) => [longitude, latitude]));
  }
  for (let i = Math.ceil(south / steps.latitude - 1e-9); i * steps.latitude <= north + 1e-9; i++) {
    const latitude = i * steps.latitude;
    if (Math.abs(latitude) < 90)
      lines.push(points(region.west, region.east, (longitude) => [longitude, latitude]));
  }
  return lines;
}

function labelsOf(camera: Camera, steps: Steps): GraticuleLabel[] {
  const decimals = steps.latitude < 1 ? (steps.latitude < 0.1 ? 2 : 1) : 0;
  const { width, height } = camera.size;
  const { kind } = camera.plane.parameters;
  const text = {
    latitude: (value: number) => formatLatitude(value, decimals),
    longitude: (value: number) => formatLongitude(value, decimals),
  };
  const left = crossings(camera, height, (t) => [0.5, t]);
  const bottom = crossings(camera, width, (t) => [t, height - 0.5]);
  const labels: GraticuleLabel[] = [];
  const polar = kind === 'northPolar' || kind === 'southPolar';
  for (const [family, value, at] of thinned(left, steps, 15)) {
    if (family === 'latitude' ? polar : !polar) continue;
    labels.push({
      x: -4,
      y: at,
      text: text[family](value),
      anchor: 'end',
      baseline: 'middle',
      inside: false,
    });
  }
  for (const [family, value, at] of thinned(bottom, steps, 40)) {
    if (family === 'latitude') continue;
    labels.push({
      x: at,
      y: height + 4,
      text: text.longitude(value),
      anchor: 'middle',
      baseline: 'top',
      inside: false,
    });
  }
  if (polar) return [...labels, ...alongMeridian(camera, steps.latitude, text.latitude)];
  if (!camera.fit.world) {
    const marked = labels.some(({ x }) => x < 0);
    return marked ? labels : [...labels, ...alongMeridian(camera, steps.latitude, text.latitude)];
  }
  if (kind === 'orthographic') return alongMeridian(camera, steps.latitude, text.latitude);
  return kind === 'naturalEarth' && camera.view.zoom === 1 ? alongRim(camera, steps, text) : labels;
}

type Crossing = [family: 'latitude' | 'longitude', value: number, at: number];

/** Where an edge of the picture crosses multiples of the steps; found by walking along it. */
function crossings(camera: Camera, length: number, pixel: (t: number) => Pair): (steps: Steps) => Crossing[] {
  return (steps) => {
    const found: Crossing[] = [];
    const at: Pair = [0, 0];
    let last: Pair | undefined;
    for (let t = 0; t <= length; t++) {
      const seen = camera.toDegrees(...pixel(t), at);
      if (seen && last) {
        for (const [family, k] of [
          ['longitude', 0],
          ['latitude', 1],
        ] as const) {
          const step = steps[family];
          // A jump is the antimeridian, or a pole in the picture.
          if (Math.abs(at[k] - last[k]) > Math.max(step, 5)) continue;
          const [low, high] = [Math.min(last[k], at[k]), Math.max(last[k], at[k])];
          const value = Math.ceil(low / step - 1e-12) * step;
          if (value <= high && value > low) {
            const share = (value - last[k]) / (at[k] - last[k]);
            found.push([family, value, t - 1 + share]);
          }
        }
      }
      last = seen ? [at[0], at[1]] : undefined;
    }
    return found;
  };
}

/** Crossings of each family that are far enough from the one before. */
function thinned(find: (steps: Steps) => Crossing[], steps: Steps, distance: number): Crossing[] {
  const kept: Crossing[] = [];
  const last = { latitude: -Infinity, longitude: -Infinity };
  for (const crossing of find(steps)) {
    const [family, , at] = crossing;
    if (at - last[family] < distance) continue;
    kept.push(crossing);
    last[family] = at;
  }
  return kept;
}

/** Parallels written on the map, along the meridian in its middle. */
function alongMeridian(camera: Camera, step: number, text: (latitude: number) => string): GraticuleLabel[] {
  const { width, height } = camera.size;
  const at: Pair = [0, 0];
  const labels: GraticuleLabel[] = [];
  const longitude = camera.plane.parameters.longitude;
  for (let i = Math.ceil(-89.9 / step); i * step <= 89.9; i++) {
    if (!camera.toScreen(longitude, i * step, at)) continue;
    if (at[0] < 8 || at[0] > width - 30 || at[1] < 10 || at[1] > height - 4) continue;
    labels.push({
      x: at[0] + 3,
      y: at[1] - 2,
      text: text(i * step),
      anchor: 'start',
      baseline: 'bottom',
      inside: true,
    });
  }
  return labels;
}

/** Degrees beside the outline of a whole world: parallels at the left, meridians along the foot. */
function alongRim(
  camera: Camera,
  steps: Steps,
  text: { latitude(value: number): string; longitude(value: number): string },
): GraticuleLabel[] {
  const { width, height } = camera.size;
  const middle = camera.plane.parameters.longitude;
  const at: Pair = [0, 0];
  const labels: GraticuleLabel[] = [];
  for (let i = Math.ceil(-75 / steps.latitude); i * steps.latitude <= 75; i++) {
    camera.toScreen(middle - 180 + 1e-6, i * steps.latitude, at);
    if (at[0] < -1 || at[1] < 4 || at[1] > height - 4) continue;
    labels.push({
      x: at[0] - 4,
      y: at[1],
      text: text.latitude(i * steps.latitude),
      anchor: 'end',
      baseline: 'middle',
      inside: false,
    });
  }
  let last = -Infinity;
  for (let i = Math.ceil((middle - 179) / steps.longitude); i * steps.longitude <= middle + 179; i++) {
    camera.toScreen(i * steps.longitude, -90, at);
    if (at[1] > height + 1 || at[1] < height - 12 || at[0] < 0 || at[0] > width || at[0] - last < 40)
      continue;
    last = at[0];
    labels.push({
      x: at[0],
      y: at[1] + 4,
      text: text.longitude(i * steps.longitude),
      anchor: 'middle',
      baseline: 'top',
      inside: false,
    });
  }
  return labels;
}

/** Columns and rows, counted from 0, for grids without geography. */
function indexLabels(camera: Camera, spacing: number): GraticuleLabel[] {
  const { width, height } = camera.size;
  const rough = spacing / camera.scale;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, ([1, 2, 5].find((factor) => factor * power >= rough * 0.75) ?? 10) * power);
  const labels: GraticuleLabel[] = [];
  const at: Pair = [0, 0];
  const { west, east, south, north } = camera.fit.domain;
  for (let i = Math.ceil(west / step) * step; i < east; i += step) {
    camera.toScreen(i, 0, at);
    if (at[0] < 0 || at[0] > width) continue;
    labels.push({
      x: at[0],
      y: height + 4,
      text: String(i),
      anchor: 'middle',
      baseline: 'top',
      inside: false,
    });
  }
  for (let i = Math.ceil(south / step) * step; i < north; i += step) {
    camera.toScreen(0, i, at);
    if (at[1] < 0 || at[1] > height) continue;
    labels.push({ x: -4, y: at[1], text: String(i), anchor: 'end', baseline: 'middle', inside: false });
  }
  return labels;
}
