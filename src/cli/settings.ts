import type { Command } from 'commander';
import { hyperParameters, type HyperParameter } from '../core/config';
import { wrap } from './text';

/** `settings`: every hyper-parameter, for `--set` and for VS Code. */
export function addSettingsCommand(program: Command): void {
  program
    .command('settings')
    .summary('list every setting that --set takes')
    .description('Lists every hyper-parameter with its type, range, default and meaning.')
    .option('--json', 'print the table as JSON')
    .action(({ json }: { json?: boolean }) => {
      console.log(json ? JSON.stringify(hyperParameters) : settingsText());
    });
}

function settingsText(): string {
  const width = Math.min(100, process.stdout.columns || 100);
  return Object.entries<HyperParameter>(hyperParameters)
    .map(([key, parameter]) => {
      const lines = [
        `${key} = ${parameter.default}   (${range(parameter)})`,
        wrap(parameter.description, width, 4),
      ];
      if (parameter.type === 'choice') {
        for (const [value, meaning] of Object.entries(parameter.choices)) {
          lines.push(wrap(`${value}: ${meaning}`, width, 6));
        }
      }
      return lines.join('\n');
    })
    .join('\n\n');
}

function range(parameter: HyperParameter): string {
  switch (parameter.type) {
    case 'boolean':
      return 'true or false';
    case 'choice':
      return Object.keys(parameter.choices).join(' | ');
    default:
      return `${parameter.type} from ${parameter.minimum} to ${parameter.maximum}`;
  }
}
