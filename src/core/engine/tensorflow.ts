import { engine, setBackend, version_core } from '@tensorflow/tfjs-core';
import util from 'node:util';
import { messageOf, UserError } from '../errors';
import { convolveChannelsLast } from './channelsLast';
import { createEagerEngine } from './eagerEngine';
import type { Engine } from './engine';
import { whereToSet } from './locations';
import { readyGradients } from './tfjs';
import { findPackage, loadPackage, type UserPackage } from './userPackage';

const names = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];
const backendName = 'tensorflow';

/** How to get what the engine "tensorflow" needs. */
export const tensorflowInstructions =
  'In a folder of its own, run "npm init -y" and "npm install @tensorflow/tfjs-node-gpu" (NVIDIA, Linux) or ' +
  `"npm install @tensorflow/tfjs-node" (CPU), then name that folder in ${whereToSet('tensorflow')}.`;

/**
 * Steps run eagerly in TensorFlow, through the user's own @tensorflow/tfjs-node-gpu or tfjs-node. It comes with its own
 * copy of tfjs-core; all copies in a process share one engine and one registry of kernels and gradients, those of the
 * copy that was loaded first, which is ours.
 *
 * @throws UserError when there is none, it is of another major version than our tfjs-core, or cannot be loaded.
 */
export async function createTensorflowEngine(location: string | undefined): Promise<Engine> {
  const found = findTensorflow(location);
  restoreUtilities();
  const previous = engine().backendName as string | undefined;
  try {
    if (!engine().registryFactory[backendName]) loadPackage(found);
  } catch (error) {
    throw new UserError(
      `${found.name} ${found.version} in ${found.folder} cannot be loaded: ${firstLine(error)} Install it again with its install script, which fetches TensorFlow's library.`,
      { cause: error },
    );
  } finally {
    // It makes its backend the active one, and its copy of tfjs registers gradients over ours.
    if (previous) await setBackend(previous);
    readyGradients();
  }
  // TensorFlow convolves channels-first images on a GPU only.
  convolveChannelsLast(backendName);
  const on = found.name.endsWith('-gpu')
    ? 'TensorFlow, on the GPU where it finds one'
    : 'TensorFlow on the CPU';
  return createEagerEngine(backendName, `${on} (${found.name} ${found.version})`, 'tensorflow');
}

/** The package at `location`. Throws a UserError when there is none that fits. */
export function findTensorflow(location: string | undefined): UserPackage {
  if (location === undefined) {
    throw new UserError(
      `The engine "tensorflow" needs TensorFlow for Node, which this program does not bring along. ${tensorflowInstructions}`,
    );
  }
  const found = findPackage(location, names);
  const major = (version: string): string => version.split('.')[0];
  if (major(found.version) !== major(version_core)) {
    throw new UserError(
      `${found.name} in ${found.folder} is version ${found.version}; the engine "tensorflow" works with versions ${major(version_core)}.x. Install ${found.name}@${version_core}.`,
    );
  }
  return found;
}

/** tfjs-node 4.22, the last one so far, calls functions of node:util that Node 23 has removed. */
export function restoreUtilities(
  target: Record<string, unknown> = util as unknown as Record<string, unknown>,
): void {
  target.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  target.isArray ??= Array.isArray;
}

function firstLine(error: unknown): string {
  const line = messageOf(error).split('\n')[0].trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
