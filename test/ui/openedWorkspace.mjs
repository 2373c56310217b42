/** What the stories of a user begin with: a workspace with the sample, open in a real VS Code. */
import path from 'node:path';
import { Workbench } from '../workbench/workbench.mjs';
import { FAST, createWorkspace } from '../workbench/workspace.mjs';

/**
 * The context of a suite and how it is torn down.
 * @param prepare what to do with the folder before it is opened
 * @param options as of `Workbench.open`
 */
export async function openedWorkspace({ prepare, ...options } = {}) {
  const workspace = createWorkspace(FAST);
  try {
    prepare?.(workspace.folder);
    const workbench = await Workbench.open(workspace.folder, options);
    const tearDown = async () => {
      await workbench.close();
      workspace.remove();
    };
    return { context: { workbench, folder: workspace.folder, shots: process.env.SCREENSHOTS }, tearDown };
  } catch (error) {
    workspace.remove();
    throw error;
  }
}

/** A picture of the whole window, where pictures are wanted. */
export async function screenshot({ workbench, shots }, name) {
  if (shots) await workbench.page.screenshot({ path: path.join(shots, `${name}.png`) });
}
