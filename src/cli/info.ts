import type { Command } from 'commander';
import { describe, type FieldSummary, type FileSummary, type GridSummary } from '../core/data/describe';
import { columns } from './text';

/** `info FILE`: what is in a data file, and what of it can be clustered. */
export function addInfoCommand(program: Command): void {
  program
    .command('info')
    .summary('show what a data file holds')
    .description(
      'Shows dimensions, fields, time span, grid and the share of missing values. A field is a numeric variable with ' +
        'time and two horizontal axes: what can be clustered.',
    )
    .argument('<file>', 'data file (NetCDF classic or NetCDF-4)')
    .option('--json', 'print everything as JSON')
    .addHelpText(
      'after',
      `
Examples:
  climate-clustering info era5.nc
  climate-clustering info era5.nc --json`,
    )
    .action(async (file: string, { json }: { json?: boolean }) => {
      const summary = await describe(file);
      console.log(json ? JSON.stringify(summary) : infoText(summary));
    });
}

/** The summary for people. */
export function infoText(file: FileSummary): string {
  const sections = [
    `${file.path}\n${file.format}, ${bytes(file.bytes)}`,
    section(
      'Dimensions',
      file.dimensions.map(({ name, size, unlimited }) => [name, String(size), unlimited ? 'unlimited' : '']),
      [1],
    ),
    section(
      'Time',
      file.times.map(({ dimension, steps, first, last, step, calendar }) => [
        dimension,
        `${steps} ${steps === 1 ? 'step' : 'steps'}`,
        `${first} to ${last}`,
        step,
        `calendar: ${calendar}`,
      ]),
    ),
    section(
      'Grid',
      file.grids.map((grid) => [grid.dimensions.join(' x '), `${grid.height} x ${grid.width}`, extent(grid)]),
    ),
    section(
      'Fields',
      file.fields.map((field) => [
        field.name,
        field.units || '1',
        field.longName,
        field.missingShare === 0 ? '' : `${percent(field.missingShare)} missing`,
        furtherAxes(field),
      ]),
    ) || 'No fields: nothing in this file can be clustered.',
    section(
      'Other variables',
      file.others.map(({ name, reason }) => [name, reason]),
    ),
    section(
      'Notes',
      file.notes.map((note) => [note]),
    ),
  ];
  return sections.filter(Boolean).join('\n\n');
}

function section(title: string, rows: string[][], right: number[] = []): string {
  if (rows.length === 0) return '';
  return `${title}\n${columns(rows, right).replace(/^/gm, '  ')}`;
}

function extent({ geographic, kind, latitudes, longitudes, resolution }: GridSummary): string {
  if (!geographic || !latitudes || !longitudes) return 'without latitudes and longitudes';
  const range = ([a, b]: readonly [number, number]) => `${degrees(a)} to ${degrees(b)}`;
  const spacing = resolution ? `, every ${resolution.map(degrees).join(' and ')} degrees` : '';
  return `${kind}, latitude ${range(latitudes)}, longitude ${range(longitudes)}${spacing}`;
}

/** "level (3 values; choose with --select)": what a run must be told. */
function furtherAxes({ extraAxes }: FieldSummary): string {
  return extraAxes
    .filter(({ mustBeSelected }) => mustBeSelected)
    .map(({ name, values }) => `${name}: ${some(values)} (choose one: --select ${name}=${values[0]})`)
    .join(', ');
}

function some(values: readonly (number | string)[]): string {
  return values.length > 6
    ? `${values.slice(0, 4).join(', ')}, ... ${values[values.length - 1]}`
    : values.join(', ');
}

function degrees(value: number): string {
  return String(Number(value.toFixed(3)));
}

function percent(share: number): string {
  return share < 0.001 ? '<0.1%' : `${(100 * share).toFixed(1)}%`;
}

function bytes(count: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
