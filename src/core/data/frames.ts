import type { Calendar } from './cfTime';
import type { Rows, SharedRows } from './rows';

/** One clustered variable. */
export interface FieldInfo {
  readonly name: string;
  /** `long_name`, else `standard_name`, else the name. */
  readonly longName: string;
  readonly units: string;
}

/** The horizontal grid of a run. H rows (y), W columns (x), in the order of the file. */
export interface Grid {
  readonly kind: 'rectilinear' | 'curvilinear';
  readonly height: number;
  readonly width: number;
  /** Degrees north: [H] if rectilinear, [H*W] if curvilinear. Index coordinates when the file has none (`geographic` is false then). */
  readonly latitude: Float64Array;
  /** Degrees east, unwrapped so that neighbours differ by less than 180: [W] or [H*W]. */
  readonly longitude: Float64Array;
  readonly geographic: boolean;
  /** The names of the y and x dimensions. */
  readonly dimensionNames: readonly [string, string];
}

export interface TimeAxis {
  /** Numbers in `units`, as in the file. [T] */
  readonly values: Float64Array;
  /** CF units, e.g. "hours since 1800-01-01". */
  readonly units: string;
  readonly calendar: Calendar;
  /** ISO 8601 in the data's own calendar, e.g. "2008-02-30T00:00:00" is possible with 360_day; plain numbers ("0", "6"...) where the file has no dates (units "1", calendar "none"). [T] */
  readonly iso: readonly string[];
}

/** How values were scaled, so that it can be undone and applied to other data: scaled = (x - minimum) / (maximum - minimum). */
export interface Scaling {
  readonly kind: 'cell' | 'variable' | 'dataset';
  /** [C, H, W], in the units of the file. */
  readonly minimum: Float32Array;
  readonly maximum: Float32Array;
  /** What missing values were replaced by, per variable [C], in the units of the file. */
  readonly fill: Float32Array;
}

/** Preprocessed data of one run: everything the model, the metrics and the pictures need. */
export interface Frames {
  readonly fields: readonly FieldInfo[];
  readonly time: TimeAxis;
  readonly grid: Grid;
  /** Scaled to [0, 1], missing values filled: a row [C, H, W] for each time step. Whoever has loaded the frames closes it. */
  readonly table: SharedRows;
  /**
   * The same, but NaN where the file has no value and the table holds what replaced it. Cells that have no value at any
   * time are zero in both: `valid` tells them.
   */
  readonly measured: Rows;
  /** 1 where a cell of a variable has a value at one time step at least: [C, H, W]. Masks the losses. */
  readonly valid: Uint8Array;
  readonly scaling: Scaling;
  readonly missing: {
    /** Share of missing values of each variable, [C]. */
    readonly share: readonly number[];
    /** Time steps at which every value of some variable is missing. */
    readonly emptySteps: readonly number[];
  };
  /** What a reader of the log should know (dropped axes, replaced values, duplicated times...). */
  readonly notes: readonly string[];
}
