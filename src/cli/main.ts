/** Entry of dist/cli.js, the command line `climate-clustering`. */
import { Command } from 'commander';
import { version } from '../../package.json';
import { addClusterCommand } from './cluster';
import { addClustersCommand } from './clusters';
import { addCompareCommand } from './compare';
import { addDevicesCommand } from './devices';
import { addEvaluateCommand } from './evaluate';
import { report } from './failure';
import { addInfoCommand } from './info';
import { addSettingsCommand } from './settings';

function createProgram(): Command {
  const program = new Command('climate-clustering')
    .description('Clusters the time steps of climate fields into regimes with A-DATSC.')
    .version(version)
    .helpCommand(true)
    .configureHelp({ showGlobalOptions: false })
    .showHelpAfterError('(add --help for the options)')
    .exitOverride()
    .addHelpText(
      'after',
      `
Exit codes: 0 done, 2 something the user can mend, 1 a fault of ours, 130 stopped by Ctrl-C.

Examples:
  climate-clustering info era5.nc
  climate-clustering cluster era5.nc --clusters 7
  climate-clustering clusters era5.nc
  climate-clustering compare era5.nc --clusters 7 --seeds 5
  climate-clustering evaluate era5.nc --labels era5.clusters/2026-01-31T12-00-00/labels.csv`,
    );
  addInfoCommand(program);
  addClusterCommand(program);
  addClustersCommand(program);
  addCompareCommand(program);
  addEvaluateCommand(program);
  addDevicesCommand(program);
  addSettingsCommand(program);
  return program;
}

// A reader such as `head` may leave before we are done.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    process.exitCode = report(error);
  });
