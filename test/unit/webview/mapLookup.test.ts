import { describe, expect, it } from 'vitest';
import { wholeView } from '../../../webview/shared/map/camera';
import { cellsOf } from '../../../webview/shared/map/cells';
import { createLookup } from '../../../webview/shared/map/lookup';
import { pan, zoomAt } from '../../../webview/shared/map/navigation';
import { neighbour } from '../../../webview/shared/map/neighbour';
import {
  type Pair,
  type ProjectionKind,
  createPlane,
  projectionKinds,
  wrap,
} from '../../../webview/shared/map/planes';
import { cameraOf, globalGrid, numbers, rectilinearGrid, rotatedGrid } from './mapSupport';

const geographic = projectionKinds.filter((kind) => kind !== 'plain');
const parameters = {
  equirectangular: { longitude: 20, latitude: 0, parallels: [35, 0] },
  naturalEarth: { longitude: -60, latitude: 0, parallels: [0, 0] },
  orthographic: { longitude: 20, latitude: 40, parallels: [0, 0] },
  northPolar: { longitude: 10, latitude: 0, parallels: [0, 0] },
  southPolar: { longitude: 10, latitude: 0, parallels: [0, 0] },
  lambert: { longitude: 10, latitude: 0, parallels: [35, 65] },
} as const;

describe.each(geographic)('the plane of %s', (kind) => {
  const plane = createPlane({ kind, ...parameters[kind as keyof typeof parameters] });

  it('agrees with the projection that draws the lines', () => {
    const line = plane.line!(100);
    const at: Pair = [0, 0];
    for (const [lon, lat] of [
      [0, 0],
      [25, 50],
      [-40, 10],
      [60, 70],
      [10, -25],
    ] as Pair[]) {
      if (!plane.forward(lon, lat, at)) continue;
      const [x, y] = line([lon, lat])!;
      expect(x).toBeCloseTo(100 * at[0], 6);
      expect(y).toBeCloseTo(-100 * at[1], 6);
    }
  });

  it('is undone by its inverse', () => {
    const [at, back]: [Pair, Pair] = [
      [0, 0],
      [0, 0],
    ];
    let checked = 0;
    for (let lat = -80; lat <= 80; lat += 10) {
      for (let lon = -170; lon < 190; lon += 20) {
        if (!plane.forward(lon, lat, at)) continue;
        expect(plane.inverse(at[0], at[1], back)).toBe(true);
        expect(Math.abs(wrap(back[0] - lon))).toBeLessThan(1e-4);
        expect(Math.abs(back[1] - lat)).toBeLessThan(1e-4);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(100);
  });
});

describe('planes', () => {
  it('have no degrees outside the world', () => {
    const at: Pair = [0, 0];
    const plane = (kind: ProjectionKind) =>
      createPlane({ kind, longitude: 0, latitude: 0, parallels: [0, 0] });
    expect(plane('orthographic').inverse(0.8, 0.8, at)).toBe(false);
    expect(plane('equirectangular').inverse(0, 1.6, at)).toBe(false);
    expect(plane('equirectangular').inverse(3.2, 0, at)).toBe(false);
    expect(plane('naturalEarth').inverse(2.7, 1.3, at)).toBe(false);
    expect(plane('orthographic').forward(180, 0, at)).toBe(false);
  });
});

/** The cell at the pixel where `place` is. */
function cellAt(grid: Parameters<typeof cellsOf>[0], kind: ProjectionKind, [lon, lat]: Pair): number {
  const cells = cellsOf(grid);
  const camera = cameraOf(cells, kind);
  const lookup = createLookup(cells, camera);
  const at: Pair = [0, 0];
  expect(camera.toScreen(lon, lat, at)).toBe(true);
  return lookup.cells[Math.floor(at[1]) * lookup.width + Math.floor(at[0])];
}

describe('the lookup', () => {
  it.each([
    ['equirectangular', [10, 50]],
    ['naturalEarth', [-100, -40]],
    ['orthographic', [20, 30]],
    ['northPolar', [120, 45]],
    ['southPolar', [-60, -70]],
  ] as [ProjectionKind, Pair][])('of %s has the right cell in a pixel', (kind, place) => {
    const cell = cellAt(globalGrid, kind, place);
    const [row, column] = [Math.floor(cell / 360), cell % 360];
    // A pixel is some degrees wide.
    expect(Math.abs(90 - row - place[1])).toBeLessThanOrEqual(2);
    expect(Math.abs(wrap(column - place[0]))).toBeLessThanOrEqual(3);
  });

  it('covers the world and nothing else', () => {
    const cells = cellsOf(globalGrid);
    const count = cells.height * cells.width;
    const share = (kind: ProjectionKind, width: number, height: number) => {
      const lookup = createLookup(cells, cameraOf(cells, kind, width, height));
      return lookup.cells.filter((cell) => cell < count).length / (width * height);
    };
    expect(share('equirectangular', 400, 200)).toBe(1);
    expect(share('orthographic', 400, 400)).toBeCloseTo(Math.PI / 4, 2);
    expect(share('northPolar', 400, 400)).toBe(1);
  });

  it('of a region has its first cell in the lower left corner when rows go up, in the upper left when they go down', () => {
    for (const [latitude, corner] of [
      [[0, 1, 2], 0],
      [[2, 1, 0], 8],
    ] as const) {
      const cells = cellsOf(
        rectilinearGrid(
          Float64Array.from(latitude),
          numbers(4, (i) => i),
        ),
      );
      const lookup = createLookup(cells, cameraOf(cells, 'equirectangular', 40, 30));
      expect(lookup.cells[29 * 40]).toBe(corner);
      expect(new Set(lookup.cells).size).toBe(12);
    }
  });

  it('across the date line is whole', () => {
    const cells = cellsOf(
      rectilinearGrid(
        numbers(5, (i) => i * 5),
        numbers(9, (i) => 160 + i * 5),
      ),
    );
    const lookup = createLookup(cells, cameraOf(cells, 'equirectangular', 90, 50));
    const middle = [...lookup.cells.slice(25 * 90, 26 * 90)].filter((cell) => cell < 45);
    expect([...new Set(middle.map((cell) => cell % 9))]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('of a polar cap is a disc', () => {
    const cells = cellsOf(
      rectilinearGrid(
        numbers(13, (i) => 90 - i * 2.5),
        numbers(144, (i) => i * 2.5),
      ),
    );
    const lookup = createLookup(cells, cameraOf(cells, 'northPolar', 200, 200));
    const count = 13 * 144;
    expect(lookup.cells[0]).toBe(count);
    expect(Math.floor(lookup.cells[100 * 200 + 100] / 144)).toBe(0);
    const share = lookup.cells.filter((cell) => cell < count).length / 40_000;
    expect(share).toBeCloseTo(Math.PI / 4, 1);
    // Greenwich points down.
    expect(Math.abs(wrap((lookup.cells[180 * 200 + 100] % 144) * 2.5))).toBeLessThanOrEqual(2.5);
  });

  it.each(['lambert', 'equirectangular', 'orthographic'] as const)(
    'of a curvilinear grid in %s has each cell around its centre, without gaps',
    (kind) => {
      const grid = rotatedGrid();
      const cells = cellsOf(grid);
      const camera = cameraOf(cells, kind, 600, 500);
      const lookup = createLookup(cells, camera);
      const at: Pair = [0, 0];
      const count = grid.height * grid.width;
      for (let cell = 0; cell < count; cell++) {
        cells.centre(cell, at);
        camera.toScreen(at[0], at[1], at);
        expect(lookup.cells[Math.floor(at[1]) * 600 + Math.floor(at[0])]).toBe(cell);
      }
      // Along every row of pixels the domain is one piece.
      for (let y = 0; y < 500; y++) {
        const row = lookup.cells.slice(y * 600, y * 600 + 600);
        const inside = [...row.keys()].filter((x) => row[x] < count);
        if (inside.length > 0) expect(inside[inside.length - 1] - inside[0] + 1).toBe(inside.length);
      }
    },
  );

  it('of a curvilinear grid around the globe reaches both ends of the world', () => {
    const [height, width] = [18, 36];
    const grid = {
      kind: 'curvilinear' as const,
      height,
      width,
      latitude: numbers(height * width, (i) => -85 + 10 * Math.floor(i / width)),
      longitude: numbers(height * width, (i) => 77 + 10 * (i % width)),
      geographic: true,
    };
    const cells = cellsOf(grid);
    const lookup = createLookup(cells, cameraOf(cells, 'equirectangular', 360, 180));
    const row = lookup.cells.slice(90 * 360, 91 * 360);
    // The first and the last column of the grid leave no slit between them; the cell at 180 degrees is at both ends.
    expect(row.filter((cell) => cell < height * width)).toHaveLength(360);
    expect(row[0]).toBe(row[359]);
  });

  it('is as fine as asked', () => {
    const cells = cellsOf(globalGrid);
    expect(createLookup(cells, cameraOf(cells, 'naturalEarth', 200, 100), 2)).toMatchObject({
      width: 400,
      height: 200,
    });
  });

  it.each([
    [1, 1],
    [1, 5],
    [5, 1],
  ])('of %i x %i cells is not empty', (height, width) => {
    const cells = cellsOf(
      rectilinearGrid(
        numbers(height, (i) => 40 + i),
        numbers(width, (i) => i),
      ),
    );
    for (const kind of ['equirectangular', 'lambert', 'orthographic', 'northPolar'] as const) {
      const lookup = createLookup(cells, cameraOf(cells, kind, 60, 60));
      expect(new Set(lookup.cells).size).toBeGreaterThanOrEqual(height * width);
    }
  });
});

describe('navigation', () => {
  const regional = rectilinearGrid(
    numbers(20, (i) => 30 + i),
    numbers(30, (i) => i),
  );

  it('keeps the place under the pointer while it zooms', () => {
    const camera = cameraOf(regional, 'lambert');
    const [before, after]: [Pair, Pair] = [
      [0, 0],
      [0, 0],
    ];
    camera.toDegrees(250, 120, before);
    const zoomed = cameraOf(regional, 'lambert', 400, 300, zoomAt(camera, 3, 250, 120));
    zoomed.toDegrees(250, 120, after);
    expect(zoomed.scale).toBeCloseTo(3 * camera.scale, 6);
    expect(after[0]).toBeCloseTo(before[0], 6);
    expect(after[1]).toBeCloseTo(before[1], 6);
  });

  it('moves the place under the pointer with it', () => {
    const camera = cameraOf(regional, 'equirectangular', 400, 300, { ...wholeView, zoom: 4 });
    const [before, after]: [Pair, Pair] = [
      [0, 0],
      [0, 0],
    ];
    camera.toDegrees(200, 150, before);
    cameraOf(regional, 'equirectangular', 400, 300, pan(camera, 30, -20)).toDegrees(230, 130, after);
    expect(after[0]).toBeCloseTo(before[0], 6);
    expect(after[1]).toBeCloseTo(before[1], 6);
  });

  it('turns the world around its axis, and a globe in both directions', () => {
    for (const kind of ['equirectangular', 'naturalEarth'] as const) {
      const view = pan(cameraOf(globalGrid, kind), 100, 0);
      expect(view).toMatchObject({ x: 0, y: 0 });
      expect(view.longitude).toBeLessThan(-80);
    }
    const view = pan(cameraOf(globalGrid, 'orthographic'), 0, 50);
    expect(view.latitude).toBeGreaterThan(15);
    expect(pan(cameraOf(globalGrid, 'orthographic'), 0, 5000).latitude).toBe(70);
  });

  it('does not lose the domain', () => {
    const camera = cameraOf(regional, 'lambert', 400, 300, { ...wholeView, zoom: 2 });
    const { x, y } = pan(camera, 1e6, -1e6);
    expect(Math.abs(x)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(y)).toBeLessThanOrEqual(0.5);
  });
});

describe('arrow keys', () => {
  it('go where they point, however rows and columns are stored', () => {
    const up = cellsOf(
      rectilinearGrid(
        numbers(4, (i) => i),
        numbers(5, (i) => i),
      ),
    );
    const down = cellsOf(
      rectilinearGrid(
        numbers(4, (i) => -i),
        numbers(5, (i) => -i),
      ),
    );
    const go = (cells: typeof up, dx: number, dy: number) =>
      neighbour(cells, cameraOf(cells, 'equirectangular'), 7, dx, dy);
    expect([go(up, 1, 0), go(up, -1, 0), go(up, 0, -1), go(up, 0, 1)]).toEqual([8, 6, 12, 2]);
    expect([go(down, 1, 0), go(down, -1, 0), go(down, 0, -1), go(down, 0, 1)]).toEqual([6, 8, 2, 12]);
    expect(go(up, 10, 0)).toBe(9);
  });
});
