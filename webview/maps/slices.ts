/** The maps that the host has given, by what was asked. Old ones stay until newer ones have come. */
import type { AnswerOf, AskOf, MapLayer } from '../../src/protocol/panel';

export type Slice = AnswerOf<'map'>;
export interface SliceKey {
  readonly field: number;
  readonly layer: MapLayer;
  readonly index: number;
}

/** A slice, or why there is none; `pending` while the first answer is awaited. */
export interface Known {
  readonly slice?: Slice;
  readonly refusal?: string;
}

interface Entry extends Known {
  /** Version of the series that it was asked for. */
  readonly version: number;
}

/**
 * Asks for each slice once a version. Answers of one field are shown together: maps that share a colour scale change at
 * the same moment, and none flickers.
 */
export class Slices {
  private readonly settled = new Map<string, Entry>();
  private readonly asked = new Map<string, number>();
  private version = -1;
  private generation = 0;

  constructor(
    private readonly ask: (ask: AskOf<'map'> & { what: 'map' }) => Promise<Slice>,
    /** Something has come. */
    private readonly changed: () => void,
  ) {}

  /** Another run: everything is forgotten, answers under way too. */
  clear(): void {
    this.generation++;
    this.settled.clear();
    this.asked.clear();
  }

  /** From here on, slices of this version of the labels are wanted. */
  setVersion(version: number): void {
    this.version = version;
  }

  /**
   * The slices, if all of them are there: those of the present version, else an older set; asks for what is missing.
   * Undefined while the first set is awaited.
   */
  want(keys: readonly SliceKey[]): readonly Known[] | undefined {
    for (const key of keys) this.request(key);
    const entries = keys.map((key) => this.settled.get(nameOf(key)));
    return entries.every((entry) => entry !== undefined) ? (entries as Entry[]) : undefined;
  }

  /** Whether a set shows older labels than there are. */
  isCurrent(keys: readonly SliceKey[]): boolean {
    return keys.every((key) => this.settled.get(nameOf(key))?.version === this.version);
  }

  /** Forgets large maps that are not shown any more. */
  keepOnly(keep: (key: SliceKey) => boolean): void {
    for (const name of this.settled.keys()) {
      if (keep(keyOf(name))) continue;
      this.settled.delete(name);
      this.asked.delete(name);
    }
  }

  private request(key: SliceKey): void {
    const name = nameOf(key);
    const { version, generation } = this;
    if (this.asked.get(name) === version) return;
    this.asked.set(name, version);
    const settle = (known: Known) => {
      if (generation !== this.generation || this.asked.get(name) !== version) return;
      this.arrived.set(name, { ...known, version });
      this.publish();
    };
    this.ask({ what: 'map', ...key }).then(
      (slice) => settle({ slice }),
      (reason: Error) => settle({ refusal: reason.message }),
    );
  }

  /** Answers that wait for the others of their field. */
  private readonly arrived = new Map<string, Entry>();

  private publish(): void {
    const waiting = new Set<number>();
    for (const [name, version] of this.asked) {
      const known = this.arrived.get(name) ?? this.settled.get(name);
      if (known?.version !== version) waiting.add(groupOf(name));
    }
    let changed = false;
    for (const [name, entry] of [...this.arrived]) {
      if (waiting.has(groupOf(name))) continue;
      this.arrived.delete(name);
      this.settled.set(name, entry);
      changed = true;
    }
    if (changed) this.changed();
  }
}

const nameOf = ({ field, layer, index }: SliceKey) => `${field}/${layer}/${index}`;

function keyOf(name: string): SliceKey {
  const [field, layer, index] = name.split('/');
  return { field: Number(field), layer: layer as MapLayer, index: Number(index) };
}

/** Slices that are shown together: of a field; a single time step comes when it comes. */
function groupOf(name: string): number {
  const { field, layer } = keyOf(name);
  return layer === 'step' ? -1 - field : field;
}
