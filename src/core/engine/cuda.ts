import { execFile } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { loadedLibraries } from '../devices/drivers';
import { messageOf, UserError } from '../errors';
import type { Engine } from './engine';
import { whereToSet } from './locations';
import type { OnnxEngineOptions, Runtime } from './onnxEngine';
import { findPackage, loadPackage, type UserPackage } from './userPackage';

const platform = `${process.platform}-${process.arch}`;
const libraries = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'];

/** How to get what the engine "cuda" needs. */
export const cudaInstructions =
  'In a folder of its own, run "npm init -y" and "npm install onnxruntime-node --onnxruntime-node-install=cuda12", ' +
  `then name that folder in ${whereToSet('cuda')}. CUDA 12, cuDNN 9 and NVIDIA's driver must be installed as well.`;

/**
 * ONNX Runtime with its CUDA provider, out of the user's own onnxruntime-node: the provider looks for its libraries
 * beside the runtime's, so that both must come from one installation. Its Node binding hands out tensors in the GPU's
 * memory for WebGPU only, so the state crosses the bus in every step.
 *
 * @throws UserError that says which library or driver is missing.
 */
export async function createCudaEngine(
  location: string | undefined,
  create: (options: OnnxEngineOptions) => Promise<Engine>,
): Promise<Engine> {
  const found = findCuda(location);
  const other = otherRuntime(found.folder);
  if (other !== undefined) {
    throw new UserError(
      `This process has loaded another ONNX Runtime already (${other}), and two do not go together. Choose "process" or "auto" for the isolation (climateClustering.trainer.isolation, --isolation).`,
    );
  }
  try {
    return await create({ device: 'cuda', runtime: loadPackage(found) as Runtime });
  } catch (error) {
    const missing = await missingLibraries(path.join(binaries(found)!, libraries[1]));
    throw new UserError(
      missing.length > 0
        ? `The CUDA provider of ${found.folder} cannot be loaded: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing. Install CUDA 12 and cuDNN 9, or put their folder into LD_LIBRARY_PATH.`
        : `The CUDA provider of ${found.folder} does not work on this machine: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/**
 * The onnxruntime-node at `location`, which has the CUDA provider.
 *
 * @throws UserError when there is none, or no driver for it.
 */
export function findCuda(location: string | undefined): UserPackage {
  if (platform !== 'linux-x64') {
    throw new UserError(
      `onnxruntime-node has CUDA libraries for Linux on x64 only; this is ${platform}. Choose the engine "webgpu".`,
    );
  }
  if (location === undefined) {
    throw new UserError(
      `The engine "cuda" needs an onnxruntime-node with CUDA libraries, which this program does not bring along. ${cudaInstructions}`,
    );
  }
  const found = findPackage(location, ['onnxruntime-node']);
  const folder = binaries(found);
  const absent = libraries.filter((name) => !folder || !existsSync(path.join(folder, name)));
  if (absent.length > 0) {
    throw new UserError(
      `onnxruntime-node ${found.version} in ${found.folder} has no CUDA provider: ${absent.join(' and ')} ${absent.length === 1 ? 'is' : 'are'} missing. Its install script fetches them: run "npm rebuild onnxruntime-node --ignore-scripts=false --onnxruntime-node-install=cuda12" there.`,
    );
  }
  if (!hasDriver()) {
    throw new UserError(
      'There is no NVIDIA driver on this machine: libcuda.so.1 and /proc/driver/nvidia are missing. Install it, or choose the engine "auto".',
    );
  }
  return found;
}

/** An ONNX Runtime that this process has loaded from elsewhere: the loader would hand it out again for its name. */
export function otherRuntime(folder: string): string | undefined {
  const own = realpathSync(folder) + path.sep;
  return loadedLibraries().find((file) => /libonnxruntime\.so/.test(file) && !file.startsWith(own));
}

/** Where the native libraries of an onnxruntime-node lie: bin/napi-v<n>/linux/x64. */
function binaries({ folder }: UserPackage): string | undefined {
  const bin = path.join(folder, 'bin');
  if (!existsSync(bin)) return undefined;
  return readdirSync(bin)
    .map((name) => path.join(bin, name, 'linux', 'x64'))
    .find((candidate) => existsSync(candidate));
}

/** Whether NVIDIA's driver is there; Windows lends its own to WSL. */
export function hasDriver(): boolean {
  return ['/proc/driver/nvidia/version', '/usr/lib/wsl/lib/libcuda.so.1'].some((file) => existsSync(file));
}

/** The libraries that `library` needs and the loader does not find. */
export async function missingLibraries(library: string): Promise<string[]> {
  try {
    const { stdout } = await promisify(execFile)('ldd', [library], { timeout: 10_000 });
    return [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name);
  } catch {
    // No ldd, or no library: then ONNX Runtime's own message is all that is known.
    return [];
  }
}
