/** Which projection fits a domain, and with which parameters. */
import type { Domain } from './cells';
import { type PlaneParameters, type ProjectionKind, wrap } from './planes';

const spanOf = ({ west, east }: Domain) => east - west;
const goesAround = (domain: Domain) => spanOf(domain) >= 300;

/** The projections that can show a domain well enough to be offered, in the order of a menu. */
export function projectionsFor(domain: Domain): ProjectionKind[] {
  if (!domain.geographic) return ['plain'];
  const kinds: ProjectionKind[] = ['equirectangular', 'naturalEarth', 'orthographic'];
  if (domain.north > 0) kinds.push('northPolar');
  if (domain.south < 0) kinds.push('southPolar');
  const oneHemisphere = domain.south > -12 || domain.north < 12;
  if (oneHemisphere && spanOf(domain) <= 240 && Math.max(domain.north, -domain.south) < 88)
    kinds.push('lambert');
  return kinds;
}

/** What an atlas would choose: the globe, a cap, a mid-latitude region, or a low-latitude one. */
export function defaultProjection(domain: Domain): ProjectionKind {
  if (!domain.geographic) return 'plain';
  const { south, north } = domain;
  const middle = (south + north) / 2;
  if (goesAround(domain)) {
    if (south >= 15) return 'northPolar';
    if (north <= -15) return 'southPolar';
    return north - south > 100 ? 'naturalEarth' : 'equirectangular';
  }
  if (north > 85 && south > 0) return 'northPolar';
  if (south < -85 && north < 0) return 'southPolar';
  if (Math.abs(middle) >= 60 && spanOf(domain) > 120) return middle > 0 ? 'northPolar' : 'southPolar';
  const large = Math.max(spanOf(domain), north - south) > 3;
  if (Math.abs(middle) >= 30 && south * north > 0 && large && spanOf(domain) <= 200) return 'lambert';
  return 'equirectangular';
}

/** Parameters of a projection of the domain: its middle, and parallels that keep its shapes. */
export function parametersFor(kind: ProjectionKind, domain: Domain): PlaneParameters {
  const { west, east, south, north } = domain;
  const middle = (south + north) / 2;
  const around = domain.geographic && goesAround(domain);
  const global = around && north - south > 100;
  // Maps of the whole globe are read with Greenwich in the middle, wherever the file begins.
  const longitude = around ? 0 : domain.geographic ? wrap((west + east) / 2) : (west + east) / 2;
  const base = { kind, longitude, latitude: 0, parallels: [0, 0] as [number, number] };
  switch (kind) {
    case 'equirectangular':
      // Beyond 60 degrees a true-scale parallel would squeeze the map into a column.
      return global ? base : { ...base, parallels: [Math.min(60, Math.abs(middle)), 0] };
    case 'orthographic':
      return { ...base, latitude: global ? 20 : middle };
    case 'lambert':
      return { ...base, parallels: standardParallels(south, north) };
    default:
      return base;
  }
}

/** A sixth of the way in from both ends (Snyder, 1987, p. 99), on one side of the equator. */
function standardParallels(south: number, north: number): [number, number] {
  const sign = south + north >= 0 ? 1 : -1;
  const [low, high] = sign > 0 ? [Math.max(0, south), north] : [Math.max(0, -north), -south];
  const sixth = (high - low) / 6;
  return [sign * Math.max(1, low + sixth), sign * Math.max(2, Math.min(85, high - sixth))];
}
