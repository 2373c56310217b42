import path from 'node:path';
import type { Command } from 'commander';
import { reportDevices, type DeviceReport } from '../core/devices/report';
import {
  adapterLines,
  automaticText,
  cpuLine,
  dateText,
  engineRows,
  noAdapters,
  speedNote,
} from '../core/devices/reportText';
import { addEngineLocations, engineEnvironment, whole, type EngineLocationOptions } from './options';
import { columns, wrap } from './text';

interface DevicesOptions extends EngineLocationOptions {
  json?: boolean;
  refresh?: boolean;
  limit: string;
}

/** `devices`: what this machine can compute with, how fast it is, and what is missing for the rest. */
export function addDevicesCommand(program: Command): void {
  addEngineLocations(
    program
      .command('devices')
      .summary('list what this machine can compute with, and how fast')
      .description(
        'Lists the engines, the processors and graphics processors of this machine, the measured speed of each engine, ' +
          'which one "auto" takes and why, and what is missing for the others. The first time, and when the machine has ' +
          'changed, the engines are tried; this takes about 10 seconds.',
      ),
  )
    .option('--refresh', 'try the engines anew')
    .option('--limit <seconds>', 'how long the trial of one engine may take', '6')
    .option('--json', 'print everything as JSON')
    .addHelpText(
      'after',
      `
Examples:
  climate-clustering devices
  climate-clustering devices --refresh --json
  climate-clustering devices --cuda ~/onnxruntime-cuda`,
    )
    .action(async (options: DevicesOptions) => {
      const report = await reportDevices({
        refresh: options.refresh,
        limit: whole('--limit', options.limit, 1, 3600),
        script: path.join(__dirname, 'trial.js'),
        environment: { ...process.env, ...engineEnvironment(options) },
        progress: (engine) => console.error(`Trying ${engine}...`),
      });
      console.log(options.json ? JSON.stringify(report) : devicesText(report));
    });
}

/** The report for people. */
export function devicesText(report: DeviceReport): string {
  const width = Math.max(40, Math.min(110, process.stdout.columns || 110));
  const rows = engineRows(report);
  const table = columns(
    [
      ['Engine', '', 'narrow', 'wide'],
      ...rows.map(({ engine, automatic, narrow, wide }) => [
        engine,
        automatic && `<- ${automatic}`,
        narrow,
        wide,
      ]),
    ],
    [2, 3],
  );
  const adapters = adapterLines(report);
  return [
    `CPU\n${wrap(cpuLine(report), width, 2)}`,
    `Graphics processors\n${(adapters.length > 0 ? adapters : [noAdapters]).map((line) => wrap(line, width, 2)).join('\n')}`,
    `Speed${report.measured ? `, measured on ${dateText(report.measured)}` : ''}\n${table.replace(/^/gm, '  ')}\n${wrap(speedNote, width, 2)}`,
    `auto takes\n${wrap(automaticText(report), width, 2)}`,
    `Engines\n${rows.map(({ engine, text, missing }) => `  ${engine}\n${wrap(missing ? `${text}. ${missing}` : text, width, 4)}`).join('\n')}`,
    ...(report.warnings.length > 0
      ? [`Warnings\n${report.warnings.map((text) => wrap(text, width, 2)).join('\n')}`]
      : []),
    `Remembered in ${report.cache}`,
  ].join('\n\n');
}
