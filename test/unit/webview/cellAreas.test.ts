import { describe, expect, it } from 'vitest';
import { cellAreas as areasOfCore } from '../../../src/core/data/cellAreas';
import type { GridSnapshot } from '../../../src/protocol/panel';
import { cellAreas } from '../../../webview/shared/map/cellAreas';
import { areaStatistics } from '../../../webview/shared/map/statistics';
import { globalGrid, rectilinearGrid, rotatedGrid } from './mapSupport';

/** Weights over their mean. */
function relative(areas: Float64Array): number[] {
  const mean = areas.reduce((sum, area) => sum + area) / areas.length;
  return Array.from(areas, (area) => area / mean);
}

describe('areas of cells', () => {
  it('go with the cosine of the rotated latitude on a rotated pole, not with that of the true one', () => {
    const grid = rotatedGrid();
    const expected = relative(
      Float64Array.from({ length: 28 * 30 }, (_, at) =>
        Math.cos(((-18 + 0.44 * Math.floor(at / 30)) * Math.PI) / 180),
      ),
    );
    relative(cellAreas(grid)).forEach((area, at) => expect(area).toBeCloseTo(expected[at], 2));
    // A field that grows with latitude: the cosine of the true latitude would put its mean a tenth of a degree south.
    const truth = expected.reduce((sum, area, at) => sum + area * grid.latitude[at], 0) / expected.length;
    expect(areaStatistics(grid.latitude, grid).mean).toBeCloseTo(truth, 2);
  });

  it('are not spoilt by cells without a place', () => {
    const grid = rotatedGrid();
    grid.latitude[155] = grid.longitude[155] = NaN;
    const areas = cellAreas(grid);
    expect(areas[155]).toBe(0);
    expect(areas.every((area, at) => at === 155 || area > 0)).toBe(true);
    expect(areas[156] / areas[157]).toBeCloseTo(1, 2);
  });

  it('are those of the report', () => {
    const line = { ...rotatedGrid(1, 9), height: 1 };
    const plain = { ...rotatedGrid(), geographic: false };
    const seam = rectilinearGrid(Float64Array.of(60, 0, -90), Float64Array.of(350, 360, 370));
    for (const grid of [rotatedGrid(), line, plain, seam, globalGrid] satisfies GridSnapshot[]) {
      expect(cellAreas(grid)).toEqual(areasOfCore(grid));
    }
    expect([...new Set(cellAreas(plain))]).toEqual([1]);
    expect(cellAreas(seam)[0]).toBeCloseTo(0.5, 12);
    expect(cellAreas(seam)[8]).toBeCloseTo(0, 12);
  });
});
