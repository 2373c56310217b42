import type { DeviceReport } from '../core/devices/report';
import {
  adapterLines,
  automaticText,
  cpuLine,
  dateText,
  engineRows,
  noAdapters,
  speedNote,
} from '../core/devices/reportText';

/** The report on compute devices as a Markdown document. */
export function devicesMarkdown(report: DeviceReport): string {
  const rows = engineRows(report);
  const adapters = adapterLines(report);
  const lines = [
    '# Compute Devices',
    `**\`auto\` takes** ${escape(automaticText(report))}`,
    ...report.warnings.map((warning) => `> ⚠ ${escape(warning)}`),
    '## Engines',
    [
      '| Engine | | Narrow | Wide | |',
      '| --- | --- | ---: | ---: | --- |',
      ...rows.map(
        ({ engine, automatic, narrow, wide, text }) =>
          `| \`${engine}\` | ${automatic && `← ${automatic}`} | ${narrow} | ${wide} | ${escape(text)} |`,
      ),
    ].join('\n'),
    `${escape(speedNote)}${report.measured ? ` Measured on ${dateText(report.measured)}.` : ''}`,
    ...rows.flatMap(({ engine, missing }) =>
      missing ? [`### What \`${engine}\` lacks`, escape(missing)] : [],
    ),
    'Which engine runs use is the setting `climateClustering.engine`. Paths of your own installations are ' +
      '`climateClustering.cuda.path` and `climateClustering.tensorflow.path`.',
    '## Hardware',
    [`- CPU: ${escape(cpuLine(report))}`, ...adapters.map((line) => `- GPU: ${escape(line)}`)].join('\n'),
    ...(adapters.length === 0
      ? [`No graphics processor was found. ${escape(noAdapters.replace(/^[^.]*\. /, ''))}`]
      : []),
    `Remembered in \`${report.cache}\`.`,
  ];
  return `${lines.join('\n\n')}\n`;
}

/** Names of hardware and messages of the system are text, not markup. */
function escape(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#]/g, '\\$&').replace(/\s*\n\s*/g, ' ');
}
