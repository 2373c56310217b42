import { describe, expect, it } from 'vitest';
import { cellsOf, type RectilinearCells } from '../../../webview/shared/map/cells';
import { IntervalIndex, edgesOf } from '../../../webview/shared/map/edges';
import type { Pair } from '../../../webview/shared/map/planes';
import { defaultProjection, projectionsFor } from '../../../webview/shared/map/projections';
import { globalGrid, numbers, rectilinearGrid, rotatedGrid } from './mapSupport';

const rectilinear = (latitude: number[], longitude: number[]) =>
  cellsOf(rectilinearGrid(Float64Array.from(latitude), Float64Array.from(longitude))) as RectilinearCells;

describe('intervals', () => {
  it('lie between the midpoints of centres, with half a step at both ends', () => {
    expect([...edgesOf([0, 1, 3])]).toEqual([-0.5, 0.5, 2, 4]);
    expect([...edgesOf([3, 1, 0])]).toEqual([4, 2, 0.5, -0.5]);
    expect([...edgesOf([7], 2)]).toEqual([6, 8]);
  });

  it.each([
    ['rising', [0, 1, 3, 10, 10.5]],
    ['falling', [10.5, 10, 3, 1, 0]],
  ])('are found by number, %s and irregular', (_, centres) => {
    const index = new IntervalIndex(edgesOf(centres));
    centres.forEach((centre, i) => expect(index.find(centre)).toBe(i));
    expect(index.find(-0.6)).toBe(-1);
    expect(index.find(11)).toBe(-1);
    expect(index.find(NaN)).toBe(-1);
    const inNeither = centres.indexOf(3);
    expect(index.find(2.01)).toBe(inNeither);
    expect(index.find(6.49)).toBe(inNeither);
  });
});

describe('rectilinear cells', () => {
  it('close around the globe', () => {
    const cells = cellsOf(globalGrid) as RectilinearCells;
    expect(cells.domain).toMatchObject({ west: -0.5, east: 359.5, south: -90, north: 90 });
    expect(cells.column(-0.4)).toBe(0);
    expect(cells.column(359.4)).toBe(359);
    expect(cells.column(-1)).toBe(359);
    expect(cells.column(719.9)).toBe(0);
    expect(cells.row(89.9)).toBe(0);
    expect(cells.row(-89.9)).toBe(180);
  });

  it('cross the date line, in whichever way longitudes are counted', () => {
    const cells = rectilinear([-10, 0, 10], [170, 180, 190, 200]);
    expect([170, -180, 180, -170, 190, -160].map(cells.column)).toEqual([0, 1, 1, 2, 2, 3]);
    expect(cells.column(0)).toBe(-1);
    expect(cells.column(-154)).toBe(-1);
  });

  it('beyond 360 degrees are the ones on the other side of Greenwich', () => {
    const cells = rectilinear([30, 40], [340, 350, 360, 370]);
    expect([-20, -10, 0, 10].map(cells.column)).toEqual([0, 1, 2, 3]);
  });

  it('of a Gaussian grid reach to the poles', () => {
    const cells = rectilinear([88.57, 86.72, 84.86], [0, 90, 180, 270]);
    expect(cells.domain.north).toBe(90);
    expect(cells.row(89.9)).toBe(0);
    expect(cells.domain.south).toBeCloseTo(83.93, 6);
  });

  it('of a single row or column are as wide as they are high', () => {
    const row = rectilinear([45], [0, 2, 4]);
    expect(row.domain).toMatchObject({ south: 44, north: 46, west: -1, east: 5 });
    expect(rectilinear([45], [7]).domain).toMatchObject({ south: 44.5, north: 45.5, west: 6.5, east: 7.5 });
  });

  it('without geography are columns and rows', () => {
    const cells = cellsOf({
      ...rectilinearGrid(
        numbers(200, (i) => i),
        numbers(500, (i) => i),
      ),
      geographic: false,
    }) as RectilinearCells;
    expect([cells.column(361), cells.column(-3), cells.row(150)]).toEqual([361, -1, 150]);
  });
});

describe('curvilinear cells', () => {
  const grid = rotatedGrid();
  const cells = cellsOf(grid);

  it('surround their centres', () => {
    const centre: Pair = [0, 0];
    for (const cell of [0, 29, 400, grid.height * grid.width - 1]) {
      cells.centre(cell, centre);
      const outline = cells.outline(cell);
      expect(outline).toHaveLength(4);
      const mean = [0, 1].map((k) => outline.reduce((sum, point) => sum + point[k], 0) / 4);
      expect(mean[0]).toBeCloseTo(centre[0], 1);
      expect(mean[1]).toBeCloseTo(centre[1], 1);
    }
  });

  it('share corners with their neighbours', () => {
    const [here, right] = [cells.outline(31), cells.outline(32)];
    expect(right[0]).toEqual(here[1]);
    expect(right[3]).toEqual(here[2]);
  });

  it('of a single row have corners on both sides', () => {
    const row = cellsOf({
      kind: 'curvilinear',
      height: 1,
      width: 3,
      latitude: Float64Array.from([0, 0, 0]),
      longitude: Float64Array.from([0, 1, 2]),
      geographic: true,
    });
    const outline = row.outline(1).map((point) => point.map((value) => Math.round(value * 100) / 100));
    expect(outline.map(([lon]) => lon)).toEqual([0.5, 1.5, 1.5, 0.5]);
    expect(outline.map(([, lat]) => Math.abs(lat))).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(outline[0][1]).toBe(-outline[3][1]);
  });

  it('without coordinates have no outline, and do not enlarge the domain', () => {
    const holed = { ...grid, latitude: grid.latitude.slice(), longitude: grid.longitude.slice() };
    holed.latitude[31] = NaN;
    const made = cellsOf(holed);
    expect(made.outline(31)).toEqual([]);
    expect(Number.isFinite(made.domain.west + made.domain.north)).toBe(true);
  });
});

describe('the projection', () => {
  const region = (west: number, east: number, south: number, north: number) => ({
    west,
    east,
    south,
    north,
    geographic: true,
  });
  it.each([
    ['the globe', region(-0.5, 359.5, -90, 90), 'naturalEarth'],
    ['the tropics', region(0, 360, -30, 30), 'equirectangular'],
    ['the Horn of Africa', region(29, 51, 4, 23), 'equirectangular'],
    ['Iberia', region(-10, 5, 36, 44), 'lambert'],
    ['the North Atlantic', region(-90, 30, 20, 80), 'lambert'],
    ['southern Australia', region(110, 155, -45, -25), 'lambert'],
    ['the Arctic', region(0, 360, 60, 90), 'northPolar'],
    ['the Southern Ocean', region(0, 360, -90, -40), 'southPolar'],
  ])('that fits %s', (_, domain, kind) => {
    expect(defaultProjection(domain)).toBe(kind);
    expect(projectionsFor(domain)).toContain(kind);
  });

  it('is offered where it can show the domain', () => {
    expect(projectionsFor(region(0, 360, -90, 90))).not.toContain('lambert');
    expect(projectionsFor(region(-10, 5, 36, 44))).not.toContain('southPolar');
    expect(projectionsFor({ ...region(0, 9, 0, 9), geographic: false })).toEqual(['plain']);
  });
});
