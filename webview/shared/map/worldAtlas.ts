/** Coastlines and borders of the bundled atlas (Natural Earth), decoded when a map first needs them. */
import coarse from 'world-atlas/countries-110m.json' with { type: 'text' };
import fine from 'world-atlas/countries-50m.json' with { type: 'text' };
import { type WorldLines, worldLines } from './worldLines';

const decoded = new Map<string, WorldLines>();

/** `coarse` is 1:110 million, `fine` 1:50 million (parsing and decoding take some ten milliseconds, once). */
export function atlas(detail: 'coarse' | 'fine'): WorldLines {
  const lines = decoded.get(detail) ?? worldLines(JSON.parse(detail === 'fine' ? fine : coarse));
  decoded.set(detail, lines);
  return lines;
}

/** The lines if they are decoded; else they will be, after the page has been painted, and `ready` is called then. */
export function atlasSoon(detail: 'coarse' | 'fine', ready: () => void): WorldLines | undefined {
  if (!decoded.has(detail)) {
    requestIdleCallback(
      () => {
        atlas(detail);
        ready();
      },
      { timeout: 200 },
    );
  }
  return decoded.get(detail);
}
