import { describe, expect, it } from 'vitest';
import { axesToSelect, formatBytes, gridKey, suggestedFields } from '../../../src/commands/fieldChoice';
import type { ExtraAxis, FieldListing } from '../../../src/core/data/fields';

const level: ExtraAxis = {
  name: 'level',
  kind: 'vertical',
  size: 2,
  units: 'hPa',
  values: [850, 500],
  mustBeSelected: true,
};

function field(name: string, times: number, extraAxes: ExtraAxis[] = []): FieldListing {
  const extra = extraAxes.map((axis) => axis.name);
  return {
    name,
    longName: name,
    units: 'K',
    type: 'float32',
    dimensions: ['time', ...extra, 'lat', 'lon'],
    shape: [times, ...extraAxes.map(({ size }) => size), 10, 12],
    extraAxes,
    axes: { time: 'time', y: 'lat', x: 'lon' },
  };
}
const names = (fields: readonly FieldListing[]): string[] => fields.map(({ name }) => name);

describe('fields to begin with', () => {
  it('are the largest group that shares time and grid', () => {
    const fields = [field('monthly', 12), field('t2m', 366), field('msl', 366)];
    expect(names(suggestedFields(fields))).toEqual(['t2m', 'msl']);
    expect(gridKey(fields[1])).toBe('366 × 10 × 12');
  });

  it('do not mix surface fields with fields on levels', () => {
    const fields = [
      field('ta', 366, [level]),
      field('t2m', 366),
      field('ua', 366, [level]),
      field('msl', 366),
    ];
    expect(names(suggestedFields(fields))).toEqual(['t2m', 'msl']);
  });

  it('are none where there are none', () => expect(suggestedFields([])).toEqual([]));
});

describe('further axes', () => {
  it('are asked for once, and only where a choice is needed', () => {
    const single: ExtraAxis = { ...level, name: 'height', size: 1, values: [2], mustBeSelected: false };
    const fields = [
      field('ta', 366, [level]),
      field('ua', 366, [level, single]),
      field('t2m', 366, [single]),
    ];
    expect(axesToSelect(fields)).toEqual([level]);
  });
});

it('writes sizes', () => {
  expect([0, 1023, 175680, 5e9].map(formatBytes)).toEqual(['0 B', '1023 B', '172 KiB', '4.7 GiB']);
});
