import { cancelRun } from './cancelRun';
import { chooseClusters } from './chooseClusters';
import { clusterFile } from './clusterFile';
import { compareMethods } from './compareMethods';
import { compareRuns } from './compareRuns';
import { deleteRun } from './deleteRun';
import { openReport } from './openReport';
import { openSample } from './openSample';
import { previewVariables } from './previewVariables';
import { renameRun } from './renameRun';
import { resumeComparison } from './resumeComparison';
import { resumeRun } from './resumeRun';
import { revealRun } from './revealRun';
import type { Command } from './services';
import { showComparison } from './showComparison';
import { showComputeDevices } from './showComputeDevices';
import { showLog } from './showLog';
import { showAffinity, showMaps, showMetrics, showResults } from './showPanel';

/** All commands; package.json gives them their titles and places. */
export const commands: readonly Command[] = [
  clusterFile,
  chooseClusters,
  resumeRun,
  cancelRun,
  showResults,
  showMaps,
  showMetrics,
  showAffinity,
  openReport,
  renameRun,
  compareRuns,
  compareMethods,
  resumeComparison,
  showComparison,
  revealRun,
  deleteRun,
  previewVariables,
  openSample,
  showLog,
  showComputeDevices,
];
