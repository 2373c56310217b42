/**
 * Maps of gridded fields: any number of small multiples with one projection, view, cursor and colour scale.
 *
 *     const group = new MapGroup({ wheel: 'always', cursor: (at) => ... });
 *     group.setGrid(grid);                             // GridSnapshot of protocol/panel.ts
 *     const map = group.add();
 *     place.append(map.element);                       // takes the width of its place, sets its own height
 *     const scale = sequentialScale(field, rangeOf(values));
 *     map.setContent({ values, scale, significant: null, label: 'Air temperature, 1 Jan 2008, 270 to 301 K' });
 *     group.invalidate();                              // draws at the next frame
 *     bar.innerHTML = colorBar(scale, { width: 320, title: field.longName, units: field.units });
 *
 * The picture for files: `group.svg(map)`. Projections for a menu: `group.projections` with `projectionNames`,
 * `group.setProjection(kind)` (null: what fits the domain), `group.projection` is the one shown. Text for a cursor:
 * `formatPlace(at.longitude, at.latitude, grid.geographic)` and `formatValue(values[at.cell], units)`; `MapTooltip` shows
 * it beside the pointer. Drag pans (or turns a globe), the wheel zooms, 0 or a double click resets, arrow keys move the
 * cursor from cell to cell.
 *
 * How a map is made: cells.ts (grid -> cells), planes.ts (projections), camera.ts (fit and view), lookup.ts (pixel ->
 * cell, once for all maps of a view), raster.ts (values -> pixels), overlay.ts (coasts, graticule, degrees). All of these
 * are pure functions; mapCanvas.ts and mapGroup.ts have the elements.
 */
export { COLOR_BAR_HEIGHT, colorBar } from './colorBar';
export {
  type ColorScale,
  divergingScale,
  robustLimit,
  sequentialScale,
  strengthScale,
  withExtent,
} from './colorScale';
export { type MapCanvas, type MapContent } from './mapCanvas';
export { type Cursor, MapGroup, type MapGroupOptions } from './mapGroup';
export { type ProjectionKind, projectionKinds, projectionNames } from './planes';
export { type AreaStatistics, areaStatistics, rangeOf } from './statistics';
export { prettyUnits } from './ticks';
export { MapTooltip, formatPlace, formatValue } from './tooltip';
