import { cancelRun } from './cancelRun';
import { clusterFile } from './clusterFile';
import { openReport } from './openReport';
import { resumeRun } from './resumeRun';
import type { Command } from './services';
import { showLog } from './showLog';
import { showAffinity, showMaps, showMetrics, showResults } from './showPanel';

/** All commands; package.json gives them their titles and places. */
export const commands: readonly Command[] = [
  clusterFile,
  resumeRun,
  cancelRun,
  showResults,
  showMaps,
  showMetrics,
  showAffinity,
  openReport,
  showLog,
];
