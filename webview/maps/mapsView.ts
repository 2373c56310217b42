/** All maps of the panel: brings the page in line with the run, the selection and what the host has given. */
import type { FieldSnapshot, GridSnapshot, Selection, SeriesSnapshot } from '../../src/protocol/panel';
import { formatTime, needsHours } from '../shared/calendar';
import {
  type ColorScale,
  type Cursor,
  type MapGroup,
  MapTooltip,
  formatPlace,
  formatValue,
  rangeOf,
  withExtent,
} from '../shared/map';
import { type FieldMap, type FieldMaps, fieldMaps, minus } from './fieldMaps';
import { type FigureSection, figureMarkup } from './figure';
import { type Section, type Show, type Tile, planSections } from './plan';
import { SectionView } from './sectionView';
import type { Known, Slices } from './slices';
import type { StepSlice, StepSlices } from './stepSlices';
import type { TileView } from './tile';
import { SCALE_TITLES, describeMap, describeShow, describeSize, fieldTitle } from './words';

export interface MapsState {
  readonly fields: readonly FieldSnapshot[];
  readonly grid: GridSnapshot;
  readonly series: SeriesSnapshot;
  readonly selection: Selection;
  readonly show: Show;
  readonly stippled: boolean;
  /** Fields that are shown. */
  readonly shown: readonly number[];
}

/** Maps of a set, kept as long as its slices and the way to show them stay: they are compared by identity. */
interface Prepared {
  readonly known: readonly Known[];
  readonly show: Show;
  readonly maps: FieldMaps;
}

export class MapsView {
  private readonly sections = new Map<number, SectionView>();
  private readonly prepared = new Map<number, Prepared>();
  private readonly steps = new Map<
    number,
    { from: StepSlice; reference: Float32Array | null; map: FieldMap }
  >();
  private readonly tooltip = new MapTooltip();
  private state: MapsState | undefined;

  constructor(
    private readonly place: HTMLElement,
    private readonly group: MapGroup,
    private readonly slices: Slices,
    private readonly stepSlices: StepSlices,
    private readonly select: (tile: Tile) => void,
  ) {}

  /** Another run. */
  clear(): void {
    for (const section of this.sections.values()) section.remove();
    this.sections.clear();
    this.prepared.clear();
    this.steps.clear();
    this.state = undefined;
  }

  render(state: MapsState): void {
    this.state = state;
    const { shown, show, series, selection } = state;
    const plan = planSections({ fields: shown, show, series, step: selection.step });
    for (const [field, section] of this.sections) {
      if (shown.includes(field)) continue;
      section.remove();
      this.sections.delete(field);
    }
    for (const section of plan) this.renderSection(section, state);
    const order = plan.map(({ field }) => this.sections.get(field)!.element);
    if (order.some((element, i) => this.place.children[i] !== element)) this.place.replaceChildren(...order);
    this.group.settle();
    this.group.invalidate();
  }

  /** The maps of all fields for the table, as far as they are there; asks for those that are not. */
  sets(): ReadonlyMap<number, FieldMaps> {
    const { state } = this;
    if (!state) return new Map();
    const fields = state.fields.map((_, i) => i);
    const plan = planSections({ ...state, fields, step: null });
    return new Map(
      plan.flatMap((section) => {
        const maps = this.mapsOf(section, state);
        return maps ? [[section.field, maps] as const] : [];
      }),
    );
  }

  /** The cell under the pointer or the keys: its value in every caption, and what to say of it. */
  read(cursor: Cursor | null): string {
    const { state } = this;
    if (!state) return '';
    let said = '';
    for (const view of this.tiles()) {
      const { content } = view.map;
      const value = cursor && content ? content.values[cursor.cell] : undefined;
      const signed = state.show === 'anomaly';
      const units = state.show === 'difference' ? '' : state.fields[view.tile.field].units;
      const text = value === undefined ? '' : formatValue(value, units, signed);
      // Without units, for which a small map has no room: they are on the colour bar.
      view.read(value === undefined ? '' : formatValue(value, '', signed));
      if (cursor && view.map === cursor.map) {
        const place = formatPlace(cursor.longitude, cursor.latitude, state.grid.geographic);
        const dots = content?.significant?.[cursor.cell] ? ', significant' : '';
        said = text ? `${place}: ${text}${dots}` : place;
        this.tooltip.show(cursor, said);
      }
    }
    if (!said) this.tooltip.hide();
    return said;
  }

  tileOf(map: TileView['map']): Tile | undefined {
    return this.tiles().find((view) => view.map === map)?.tile;
  }

  /** Everything as one picture. */
  figure(ink: string): string | null {
    const { state } = this;
    if (!state) return null;
    const sections = state.shown.flatMap((field): FigureSection[] => {
      const [view, set] = [this.sections.get(field), this.prepared.get(field)];
      if (!view || !set) return [];
      const captioned = (selected: boolean) =>
        view.tiles
          .filter(({ tile, map }) => map.content && tile.role.startsWith('step') === selected)
          .map((tile) => ({ view: tile, caption: this.captionOf(tile.tile, state) }));
      return [
        {
          title: fieldTitle(state.fields[field]),
          scale: this.extended(field, set.maps.scale),
          scaleTitle: SCALE_TITLES[state.show],
          units: state.show === 'difference' ? '' : state.fields[field].units,
          rows: [captioned(true), captioned(false)].filter((row) => row.length > 0),
        },
      ];
    });
    const columns = Math.max(1, ...[...this.sections.values()].map((section) => section.columns));
    return figureMarkup(this.group, sections, columns, ink);
  }

  private tiles(): TileView[] {
    return [...this.sections.values()].flatMap((section) => section.tiles);
  }

  private renderSection(section: Section, state: MapsState): void {
    const { fields, show } = state;
    const field = fields[section.field];
    let view = this.sections.get(section.field);
    if (!view) {
      view = new SectionView(this.group, this.select);
      this.sections.set(section.field, view);
      this.place.append(view.element);
    }
    const maps = this.mapsOf(section, state);
    const step = this.stepOf(section, maps, state);
    view.setHead(field, describeShow(show, state.stippled));
    for (const tile of view.arrange(section.selected, section.tiles))
      this.renderTile(tile, maps, step, state);
    const units = show === 'difference' ? '' : field.units;
    view.setScale(maps ? this.extended(section.field, maps.scale) : null, SCALE_TITLES[show], units);
  }

  private mapsOf(section: Section, { fields, show }: MapsState): FieldMaps | undefined {
    const known = this.slices.want(section.slices);
    const before = this.prepared.get(section.field);
    if (!known) return before?.show === show ? before.maps : undefined;
    const same =
      before?.show === show &&
      before.known.length === known.length &&
      before.known.every((one, i) => one === known[i]);
    if (same) return before.maps;
    const maps = fieldMaps(fields[section.field], show, section.slices, known);
    this.prepared.set(section.field, { known, show, maps });
    return maps;
  }

  /** The selected step as it is shown: itself, or its anomaly. A text is why it is not there. */
  private stepOf(section: Section, maps: FieldMaps | undefined, state: MapsState): StepMap | undefined {
    const { step } = state.selection;
    if (section.selected.length === 0 || step === null) {
      this.steps.delete(section.field);
      return undefined;
    }
    const from = this.stepSlices.want(section.field, step);
    if (!from || !maps) return undefined;
    if (!from.slice) return { step: from.step, map: from.refusal ?? '' };
    const { reference } = maps;
    const before = this.steps.get(section.field);
    if (before?.from === from && before.reference === reference) return { step: from.step, map: before.map };
    const values = reference ? minus(from.slice.values, reference) : from.slice.values;
    const map = { values, significant: null };
    this.steps.set(section.field, { from, reference, map });
    return { step: from.step, map };
  }

  /** The arrows of a colour bar tell of the selected step, too. */
  private extended(field: number, scale: ColorScale): ColorScale {
    const step = this.steps.get(field);
    if (!step) return scale;
    const { below, above } = withExtent(scale, [step.map.values]);
    return { ...scale, below: below || scale.below, above: above || scale.above };
  }

  private renderTile(
    view: TileView,
    maps: FieldMaps | undefined,
    step: StepMap | undefined,
    state: MapsState,
  ): void {
    const { tile } = view;
    const { selection, show, fields } = state;
    // A step that is still to come leaves the one before on the map, with its own date.
    const shown = tile.role === 'step' && step ? { ...tile, step: step.step } : tile;
    const map = tile.role === 'step' ? step?.map : maps && mapOf(maps, tile);
    const why = typeof map === 'string' ? map : null;
    const empty = tile.count === 0 ? 'No time step is in this cluster.' : why;
    const selected = tile.role === 'cluster' && tile.cluster !== null && tile.cluster === selection.cluster;
    view.update(shown, this.captionOf(shown, state), selected, empty);
    if (!maps || typeof map !== 'object') return;
    const label = describeMap(
      shown,
      show,
      fields[tile.field],
      dateOf(state.series, shown.step),
      rangeOf(map.values),
    );
    view.map.setContent({ ...map, scale: maps.scale, label });
  }

  private captionOf(tile: Tile, { series }: MapsState): string {
    switch (tile.role) {
      case 'overall':
        return `All ${tile.count} steps`;
      case 'difference':
        return 'Where clusters differ';
      case 'step':
        return `Selected: ${dateOf(series, tile.step)}`;
      case 'stepCluster':
        return `its cluster, ${tile.count} ${tile.count === 1 ? 'step' : 'steps'}`;
      case 'cluster':
        return describeSize(tile);
    }
  }
}

interface StepMap {
  readonly step: number;
  readonly map: FieldMap | string;
}

function mapOf(maps: FieldMaps, { role, cluster }: Tile): FieldMap | string | undefined {
  if (role === 'overall' || role === 'difference') return maps.whole;
  return cluster === null ? undefined : maps.clusters.get(cluster);
}

function dateOf({ times }: SeriesSnapshot, step: number | null): string {
  return step === null || step >= times.length ? '' : formatTime(times[step], needsHours(times));
}
