/** The controls of a map: their markup, and what a change of one means. */
import type { PreviewVariable } from '../../src/core/data/preview';
import type { Place } from '../../src/protocol/preview';
import { element, escape } from '../shared/markup';
import { prettyUnits } from '../shared/map';
import { formatCount } from './headerTree';
import { shortName } from './readout';

type Axis = NonNullable<PreviewVariable['extraAxes']>[number];

/** Where a variable is drawn first: its first step, and the first value along each further axis. */
export function firstPlace(variable: PreviewVariable): Place {
  const axes = variable.extraAxes ?? [];
  const select = axes.filter(({ merged }) => !merged).map(({ name }) => [name, '#0']);
  return { variable: variable.name, step: 0, select: Object.fromEntries(select) as Record<string, string> };
}

/** The place in another variable that is most like `place`: the same step and values where they exist. */
export function carriedTo(variable: PreviewVariable, place: Place | undefined): Place {
  const first = firstPlace(variable);
  if (!place) return first;
  const step = place.step < (variable.steps ?? 1) ? place.step : 0;
  const kept = (variable.extraAxes ?? []).flatMap(({ name, size }) => {
    const chosen = place.select[name];
    const fits = chosen !== undefined && (!chosen.startsWith('#') || Number(chosen.slice(1)) < size);
    return fits ? [[name, chosen] as const] : [];
  });
  return { variable: variable.name, step, select: { ...first.select, ...Object.fromEntries(kept) } };
}

/** Another step; undefined where there is none. */
export function stepped(variable: PreviewVariable, place: Place, by: number): Place | undefined {
  const last = (variable.steps ?? 1) - 1;
  const step = Math.max(0, Math.min(last, place.step + by));
  return step === place.step ? undefined : { ...place, step };
}

/** Steps and further axes. */
export function drawControls(variable: PreviewVariable, place: Place): string {
  const steps = variable.steps ?? 1;
  return [
    steps > 1 ? drawSteps(steps, place.step) : '',
    ...(variable.extraAxes ?? []).map((axis) => drawAxis(axis, place.select[axis.name])),
  ].join('');
}

function drawSteps(steps: number, step: number): string {
  const button = (by: number, label: string, path: string, disabled: boolean): string =>
    element(
      'button',
      { type: 'button', 'data-step': String(by), 'aria-label': label, title: label, disabled },
      element(
        'svg',
        { viewBox: '0 0 16 16', width: 14, height: 14, 'aria-hidden': 'true' },
        element('path', { d: path }),
      ),
    );
  return element(
    'span',
    { class: 'steps', role: 'group', 'aria-label': 'Time step' },
    button(-1, 'Previous step (Page Up)', 'M10.5,3L5.5,8L10.5,13', step === 0),
    element(
      'label',
      {},
      'Step ',
      element('input', {
        type: 'number',
        id: 'step',
        min: '1',
        max: String(steps),
        value: String(step + 1),
      }),
      ` of ${formatCount(steps)}`,
    ),
    button(1, 'Next step (Page Down)', 'M5.5,3L10.5,8L5.5,13', step === steps - 1),
  );
}

function drawAxis(axis: Axis, chosen: string | undefined): string {
  const { name, size, values, units, merged } = axis;
  const label = prettyUnits(units) ? `${shortName(name)} [${prettyUnits(units)}]` : shortName(name);
  const index = chosen?.startsWith('#') ? Number(chosen.slice(1)) : undefined;
  const control =
    values.length < size
      ? element('input', {
          type: 'number',
          'data-axis': name,
          min: '1',
          max: String(size),
          value: String((index ?? 0) + 1),
        })
      : element(
          'select',
          { 'data-axis': name },
          merged ? element('option', { value: '', selected: index === undefined }, 'first with a value') : '',
          ...values.map((value, i) =>
            element('option', { value: `#${i}`, selected: i === index }, escape(value)),
          ),
        );
  return element('label', {}, `${escape(label)} `, control);
}

/** The place after an input has changed; undefined when what was entered is none. */
export function changed(
  variable: PreviewVariable,
  place: Place,
  input: { readonly id: string; readonly axis: string | undefined; readonly value: string },
): Place | undefined {
  const { id, axis, value } = input;
  if (id === 'step') {
    const step = Number(value) - 1;
    return Number.isInteger(step) && step >= 0 && step < (variable.steps ?? 1)
      ? { ...place, step }
      : undefined;
  }
  const known = variable.extraAxes?.find(({ name }) => name === axis);
  if (!known) return undefined;
  const { [known.name]: _before, ...others } = place.select;
  if (value === '') return { ...place, select: others };
  const chosen = value.startsWith('#') ? value : `#${Number(value) - 1}`;
  const index = Number(chosen.slice(1));
  if (!Number.isInteger(index) || index < 0 || index >= known.size) return undefined;
  return { ...place, select: { ...others, [known.name]: chosen } };
}
