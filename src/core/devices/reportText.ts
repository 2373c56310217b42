import { driversOf, engineTitles, isWrong, rate } from './choose';
import type { EngineMeasurement } from './measure';
import type { DeviceReport } from './report';

/** One row for each engine: name, speeds, what it is or why it is not there. */
export interface EngineRow {
  readonly engine: string;
  /** What `auto` takes: "auto", "auto (wide)", "auto (narrow)" or nothing. */
  readonly automatic: string;
  readonly narrow: string;
  readonly wide: string;
  readonly text: string;
  /** Why it is not available, and what to do. */
  readonly missing?: string;
}

/** The engines in the order of the setting, those that are missing with what to do. */
export function engineRows({ engines, automatic, cpu }: DeviceReport): EngineRow[] {
  const { narrow, wide } = automatic;
  const takenFor = (engine: string): string => {
    const by = [narrow.engine === engine && 'narrow', wide.engine === engine && 'wide'].filter(Boolean);
    return by.length === 2 ? 'auto' : by.length === 1 ? `auto (${by[0]})` : '';
  };
  const speed = (value: number | undefined): string => (value === undefined ? '-' : rate(value));
  return [
    ...engines.map((measured) => ({
      engine: measured.engine,
      automatic: takenFor(measured.engine),
      narrow: speed(measured.speeds.narrow),
      wide: speed(measured.speeds.wide),
      text: engineText(measured, engines[0], cpu.processors),
      missing: measured.missing,
    })),
    {
      engine: 'reference',
      automatic: takenFor('reference'),
      narrow: '-',
      wide: '-',
      text: 'plain JavaScript on the CPU: very slow, meant for checking the others',
    },
  ];
}

function engineText(measured: EngineMeasurement, reference: EngineMeasurement, processors: number): string {
  const { missing, failure, software, description } = measured;
  if (missing !== undefined) return 'not available';
  const drivers = driversOf(measured);
  return [
    description ?? engineTitles[measured.engine],
    ...(drivers ? [`driver: ${drivers}`] : []),
    ...(software ? ['a software adapter: it computes on the CPU, and auto does not take it'] : []),
    ...(measured.threads !== undefined && measured.threads < processors
      ? [`fastest with ${measured.threads} ${measured.threads === 1 ? 'thread' : 'threads'}`]
      : []),
    ...(isWrong(measured, reference)
      ? ['it computes something else than the CPU, and auto does not take it']
      : []),
    ...(failure !== undefined ? [`its trial ended early: ${failure}`] : []),
  ].join('; ');
}

/** "NVIDIA RTX A2000, 8.0 GiB, driver NVIDIA 535.1": one line for each adapter. */
export function adapterLines({ adapters }: DeviceReport): string[] {
  return adapters.map(({ name, vendor, discrete, memoryMiB, driver }) =>
    [
      name.includes(vendor) ? name : `${vendor} ${name}`,
      ...(discrete === undefined
        ? []
        : [discrete ? 'with memory of its own' : 'sharing the memory of the CPU']),
      ...(memoryMiB === undefined ? [] : [gib(memoryMiB)]),
      ...(driver === undefined ? [] : [`driver ${driver}`]),
    ].join(', '),
  );
}

export function cpuLine({ cpu }: DeviceReport): string {
  const { model, processors, memoryMiB } = cpu;
  return `${model}, ${processors} ${processors === 1 ? 'processor' : 'processors'}, ${gib(memoryMiB)} of memory`;
}

/** What `auto` takes and why, in one sentence or two. */
export function automaticText({ automatic: { narrow, wide } }: DeviceReport): string {
  if (narrow.engine === wide.engine) return `${narrow.engine}. ${narrow.reason}`;
  return (
    `${narrow.engine} for models of up to a quarter of the paper's widths, ${wide.engine} for wider ones. ` +
    `Narrow: ${narrow.reason} Wide: ${wide.reason}`
  );
}

export const noAdapters =
  'None was found. A driver makes a graphics processor known to the system; containers and remote machines need it passed on to them.';
export const speedNote =
  'Steps a second of one ConvLSTM layer, forward and backward, on 4 windows of 12 frames: "narrow" as with the default width (16 channels), "wide" as with half of the paper\'s (64 channels).';

/** "2026-11-23 20:06 UTC". */
export function dateText(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

function gib(mebibytes: number): string {
  return `${(mebibytes / 1024).toFixed(1)} GiB`;
}
