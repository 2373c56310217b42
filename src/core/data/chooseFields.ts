import { UserError } from '../errors';
import { baseName } from './axes';
import type { Dataset } from './dataset';
import { describeValues, listFields, selectExtraAxes, type FieldListing, type Selection } from './fields';

export interface ChosenField {
  readonly dataset: Dataset;
  readonly field: FieldListing;
  readonly selections: readonly Selection[];
  /** Its name in the run: without its group, unless that would be ambiguous. */
  readonly name: string;
}

/**
 * The fields of a run: those in `variables` (full names, or names without group), or else, of each file, all that share one
 * time axis and grid and need no further choice. Throws a UserError when a name is not a field or stands for several.
 */
export async function chooseFields(
  datasets: readonly Dataset[],
  variables: readonly string[] | undefined,
  select: Readonly<Record<string, string>>,
): Promise<{ chosen: ChosenField[]; notes: string[] }> {
  const notes: string[] = [];
  const listings: { dataset: Dataset; field: FieldListing }[] = [];
  for (const dataset of datasets) {
    for (const field of await listFields(dataset)) listings.push({ dataset, field });
  }
  checkSelect(
    listings.map(({ field }) => field),
    select,
  );

  const picked = variables?.length
    ? variables.map((name) => pick(name, listings, datasets))
    : datasets.flatMap((dataset) =>
        defaults(
          listings.filter((listing) => listing.dataset === dataset),
          dataset,
          select,
          notes,
        ),
      );
  const seen = new Map<string, Dataset>();
  for (const { dataset, field } of picked) {
    const other = seen.get(field.name);
    if (other) {
      throw new UserError(
        other === dataset
          ? `The variable "${field.name}" is named twice. Name each once.`
          : `The variable "${field.name}" is in both ${other.path} and ${dataset.path}. Several files must hold different variables for the same times; files that follow each other in time have to be joined first, for example with "cdo mergetime IN1.nc IN2.nc OUT.nc".`,
      );
    }
    seen.set(field.name, dataset);
  }
  const shortNames = picked.map(({ field }) => baseName(field.name));
  const chosen = picked.map(({ dataset, field }, i) => ({
    dataset,
    field,
    selections: selectExtraAxes(field, select),
    name:
      shortNames.indexOf(shortNames[i]) === shortNames.lastIndexOf(shortNames[i])
        ? shortNames[i]
        : field.name,
  }));
  notes.push(...selectionNotes(chosen));
  return { chosen, notes };
}

function pick(
  name: string,
  listings: readonly { dataset: Dataset; field: FieldListing }[],
  datasets: readonly Dataset[],
): { dataset: Dataset; field: FieldListing } {
  const exact = listings.filter(({ field }) => field.name === name);
  const found = exact.length > 0 ? exact : listings.filter(({ field }) => baseName(field.name) === name);
  if (found.length === 0) {
    const fields = listings.filter(({ field }) => field.axes).map(({ field }) => field.name);
    const auxiliary = datasets.some((dataset) =>
      dataset.variables.some((variable) => variable.name === name),
    );
    throw new UserError(
      `${auxiliary ? `"${name}" is a coordinate, not a field` : `There is no variable "${name}"`} in ${pathsOf(datasets)}. The fields are: ${fields.join(', ') || 'none'}.`,
    );
  }
  const [{ dataset, field }] = found;
  if (!field.axes) {
    throw new UserError(
      `The variable "${field.name}" of ${dataset.path} cannot be clustered: ${field.reason}. A field needs a time axis and two horizontal axes.`,
    );
  }
  if (found.length > 1 && found.every((other) => other.dataset === dataset)) {
    throw new UserError(
      `"${name}" stands for several variables of ${dataset.path}: ${found.map((other) => other.field.name).join(', ')}. Give the full name.`,
    );
  }
  if (found.length > 1) {
    const paths = found.map((other) => other.dataset.path).join(' and ');
    throw new UserError(
      `The variable "${name}" is in both ${paths}. Several files must hold different variables for the same times; files that follow each other in time have to be joined first, for example with "cdo mergetime IN1.nc IN2.nc OUT.nc".`,
    );
  }
  return { dataset, field };
}

function defaults(
  listings: readonly { dataset: Dataset; field: FieldListing }[],
  dataset: Dataset,
  select: Readonly<Record<string, string>>,
  notes: string[],
): { dataset: Dataset; field: FieldListing }[] {
  const fields = listings.filter(({ field }) => field.axes);
  if (fields.length === 0)
    throw new UserError(
      noFields(
        dataset,
        listings.map(({ field }) => field),
      ),
    );
  const ready = fields.filter(({ field }) => !needsChoice(field, select));
  // The error for the first one says what has to be chosen.
  if (ready.length === 0) return fields;

  const groups = new Map<string, typeof ready>();
  for (const listing of ready) {
    const { time, y, x } = listing.field.axes!;
    const key = JSON.stringify([time, y, x]);
    groups.set(key, [...(groups.get(key) ?? []), listing]);
  }
  const stepsOf = ({ field }: (typeof ready)[number]) =>
    field.shape[field.dimensions.indexOf(field.axes!.time)];
  // A time axis of a single step is that of constants (orography, land mask).
  const rank = (group: typeof ready) => (stepsOf(group[0]) > 1 ? 1e9 : 0) + group.length;
  const best = [...groups.values()].sort((a, b) => rank(b) - rank(a))[0];
  const left = fields.filter((listing) => !best.includes(listing)).map(({ field }) => field.name);
  if (left.length > 0) {
    notes.push(
      `Left out, because they have another time axis or grid or need a choice along a further axis: ${left.join(', ')} (${dataset.path}).`,
    );
  }
  return best;
}

function needsChoice(field: FieldListing, select: Readonly<Record<string, string>>): boolean {
  return field.extraAxes.some(
    ({ mustBeSelected, name }) => mustBeSelected && (select[name] ?? select[baseName(name)]) === undefined,
  );
}

function noFields(dataset: Dataset, listings: readonly FieldListing[]): string {
  const reasons = listings.slice(0, 5).map(({ name, reason }) => `${name}: ${reason}`);
  const more = listings.length > 5 ? `; and ${listings.length - 5} more` : '';
  const why = reasons.length > 0 ? `(${reasons.join('; ')}${more})` : '(it holds no data variables)';
  return `${dataset.path} has no field to cluster ${why}. A field is a numeric variable with a time axis and two horizontal axes.`;
}

function checkSelect(fields: readonly FieldListing[], select: Readonly<Record<string, string>>): void {
  const axes = new Map(fields.flatMap((field) => field.extraAxes.map((axis) => [axis.name, axis] as const)));
  for (const name of Object.keys(select)) {
    const known = [...axes.keys()].some((axis) => axis === name || baseName(axis) === name);
    if (known) continue;
    const there = [...axes.values()].map((axis) => `${axis.name} (${describeValues(axis)})`);
    throw new UserError(
      `There is no axis "${name}" to select along. ${there.length > 0 ? `The axes are: ${there.join('; ')}.` : 'No field has an axis besides time and the horizontal ones.'}`,
    );
  }
}

function selectionNotes(chosen: readonly ChosenField[]): string[] {
  const notes = new Set<string>();
  for (const { selections } of chosen) {
    for (const { axis, index } of selections) {
      const value = `${axis.values[index as number]}${axis.units && axis.units !== '1' ? ` ${axis.units}` : ''}`;
      if (index === 'first present') {
        notes.add(
          `Along "${axis.name}" (${axis.values.join(', ')}) the first value that is not missing was taken, as ERA5 and ERA5T complement each other.`,
        );
      } else if (axis.size > 1) {
        notes.add(`Along "${axis.name}" ${value} was selected.`);
      } else {
        notes.add(`The axis "${axis.name}" of length 1 (${value}) was dropped.`);
      }
    }
  }
  return [...notes];
}

function pathsOf(datasets: readonly Dataset[]): string {
  return datasets.map(({ path }) => path).join(', ');
}
