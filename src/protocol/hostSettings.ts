/**
 * The settings of VS Code that are no hyper-parameters (those are in `core/config.ts`). Both tables together make
 * `contributes.configuration` in package.json: run `npm run settings` after a change to either.
 */

import type { EngineChoice } from '../core/config';
import type { IsolationChoice } from '../trainer/isolation';

interface Described {
  readonly description: string;
  /**
   * VS Code's scope. `resource`: user, workspace or folder. `machine-overridable`: the user's or, in a trusted
   * workspace, the workspace's. A setting that names a path to code must be `machine`.
   */
  readonly scope: 'resource' | 'machine' | 'machine-overridable';
  /** True when an untrusted workspace must not set it. */
  readonly restricted?: boolean;
}
export interface NumberSetting extends Described {
  readonly type: 'integer';
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
}
export interface TextSetting extends Described {
  readonly type: 'text';
  readonly default: string;
}
export interface ChoiceSetting extends Described {
  readonly type: 'choice';
  readonly default: string;
  /** Value -> what it means. */
  readonly choices: Readonly<Record<string, string>>;
}
export type HostSetting = NumberSetting | TextSetting | ChoiceSetting;

/** Keys are relative to `climateClustering.`, as those of the hyper-parameters. */
export const hostSettings = {
  seed: {
    type: 'integer',
    default: 1,
    minimum: 0,
    maximum: 4294967295,
    scope: 'resource',
    description:
      'Seed of the random numbers. The same seed on the same machine and engine gives the same labels.',
  },
  engine: {
    type: 'choice',
    default: 'auto',
    choices: {
      auto: 'the fastest one, by a short trial that is made once on a machine',
      cpu: 'ONNX Runtime on the CPU',
      webgpu: 'ONNX Runtime on the GPU, through WebGPU; new, and so far tried on a software adapter only',
      cuda: 'ONNX Runtime on an NVIDIA GPU, through CUDA; needs an installation of your own, see cuda.path',
      tensorflow: 'TensorFlow, op by op; needs an installation of your own, see tensorflow.path',
      reference: 'TensorFlow.js on the CPU: very slow, meant for checking the other engines',
    },
    scope: 'machine-overridable',
    restricted: true,
    description:
      'What computes the model. "Show Compute Devices" lists what this machine has, and how fast it is.',
  },
  'cuda.path': {
    type: 'text',
    default: '',
    scope: 'machine',
    restricted: true,
    description:
      'For the engine `cuda`: folder of an onnxruntime-node that was installed with its CUDA libraries, or of the project that has it (absolute path). Native code is loaded from there.',
  },
  'tensorflow.path': {
    type: 'text',
    default: '',
    scope: 'machine',
    restricted: true,
    description:
      'For the engine `tensorflow`: folder of @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node, or of the project that has one (absolute path). Native code is loaded from there.',
  },
  memoryLimit: {
    type: 'integer',
    default: 0,
    minimum: 0,
    maximum: 16777216,
    scope: 'machine-overridable',
    restricted: true,
    description:
      "Data that need more memory than this many MiB, together with the training, are streamed from disk; a run that would still need more is refused. 0 means 60% of the machine's memory.",
  },
  'trainer.isolation': {
    type: 'choice',
    default: 'auto',
    choices: {
      auto: 'a process for engines that may use a GPU, a thread for the others',
      thread: 'a worker thread of the extension host: starts at once',
      process: 'a process of its own: a crash in native code cannot take the extension host with it',
    },
    scope: 'machine-overridable',
    restricted: true,
    description:
      'Where training runs. What ends it (a kill, a lack of memory, a driver that fails) ends a process only; the run can then be resumed.',
  },
  resultsFolder: {
    type: 'text',
    default: '',
    scope: 'machine-overridable',
    restricted: true,
    description:
      'Folder in which run directories are created (absolute path). Empty: a folder `<data file>.clusters` beside the data file.',
  },
} as const satisfies Record<string, HostSetting>;

export type HostSettingKey = keyof typeof hostSettings;
/** The values, by key. */
export interface HostSettings {
  seed: number;
  engine: EngineChoice;
  'cuda.path': string;
  'tensorflow.path': string;
  memoryLimit: number;
  'trainer.isolation': IsolationChoice;
  resultsFolder: string;
}
