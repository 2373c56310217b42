import { cancelRun } from './cancelRun';
import { clusterFile } from './clusterFile';
import { openReport } from './openReport';
import { resumeRun } from './resumeRun';
import type { Command } from './services';
import { showLog } from './showLog';
import { showResults } from './showResults';

/** All commands; package.json gives them their titles and places. */
export const commands: readonly Command[] = [
  clusterFile,
  resumeRun,
  cancelRun,
  showResults,
  openReport,
  showLog,
];
