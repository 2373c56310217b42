import type { Variable } from './dataset';
import { numbers } from './decode';

const radians = Math.PI / 180;

/**
 * Latitudes and longitudes [H * W] of a grid whose rows and columns are degrees in a system with a rotated north pole
 * (CF-1.8, appendix F, "rotated_latitude_longitude"). Undefined when the grid mapping is another one.
 */
export function rotatedPoleGrid(
  mapping: Variable,
  rows: Float64Array,
  columns: Float64Array,
): { latitude: Float64Array; longitude: Float64Array } | undefined {
  if (mapping.attributes['grid_mapping_name'] !== 'rotated_latitude_longitude') return undefined;
  const [poleLatitude] = numbers(mapping.attributes['grid_north_pole_latitude']);
  const [poleLongitude] = numbers(mapping.attributes['grid_north_pole_longitude']);
  const [ownLongitude = 0] = numbers(mapping.attributes['north_pole_grid_longitude']);
  if (poleLatitude === undefined || poleLongitude === undefined) return undefined;

  const sinPole = Math.sin(poleLatitude * radians);
  const cosPole = Math.cos(poleLatitude * radians);
  const latitude = new Float64Array(rows.length * columns.length);
  const longitude = new Float64Array(latitude.length);
  rows.forEach((row, i) => {
    const sinRow = Math.sin(row * radians);
    const cosRow = Math.cos(row * radians);
    columns.forEach((column, j) => {
      const angle = (column - ownLongitude) * radians;
      const x = sinPole * Math.cos(angle) * cosRow - cosPole * sinRow;
      const y = Math.sin(angle) * cosRow;
      const z = cosPole * Math.cos(angle) * cosRow + sinPole * sinRow;
      const cell = i * columns.length + j;
      latitude[cell] = Math.asin(Math.max(-1, Math.min(1, z))) / radians;
      // The rotated prime meridian points away from the rotated pole.
      longitude[cell] = poleLongitude + 180 - Math.atan2(-y, x) / radians;
    });
  });
  const turns = Math.round(longitude[0] / 360) * 360;
  return { latitude, longitude: longitude.map((value) => value - turns) };
}
