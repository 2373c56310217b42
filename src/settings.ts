import path from 'node:path';
import { totalmem } from 'node:os';
import * as vscode from 'vscode';
import {
  hyperParameterKeys,
  resolveHyperParameters,
  type HyperParameters,
  type RunConfig,
} from './core/config';
import type { ClusterChoice } from './core/choose/choice';
import { locationsEnvironment } from './core/engine/locations';
import { UserError, messageOf } from './core/errors';
import { hostSettings, type HostSettingKey, type HostSettings } from './protocol/hostSettings';

const SECTION = 'climateClustering';

/** A setting that cannot be used: the message names it, and the notification can open it. */
export class SettingError extends UserError {
  constructor(
    readonly setting: string,
    message: string,
  ) {
    super(message);
  }
}

/** What was chosen for one run; whatever is absent comes from the settings. */
export interface RunChoice {
  readonly fields?: readonly string[];
  readonly select?: Readonly<Record<string, string>>;
  readonly clusters?: number;
  /** How it was chosen. */
  readonly clusterChoice?: ClusterChoice;
  readonly time?: readonly [string, string];
  readonly bbox?: readonly [number, number, number, number];
  readonly seed?: number;
  /** Keys as in the settings, without "climateClustering.". */
  readonly hyperParameters?: Readonly<Record<string, unknown>>;
}

/** The hyper-parameters set for `resource`, checked. Throws a SettingError for the first one that is out of range. */
export function readHyperParameters(resource: vscode.Uri | undefined): HyperParameters {
  const settings = vscode.workspace.getConfiguration(SECTION, resource);
  const given: Record<string, unknown> = {};
  for (const key of hyperParameterKeys) {
    const value = settings.get<unknown>(key);
    if (value === undefined) continue;
    checked(key, () => resolveHyperParameters({ [key]: value }));
    given[key] = value;
  }
  return resolveHyperParameters(given);
}

/** The other settings, checked. Throws a SettingError. */
export function readHostSettings(resource: vscode.Uri | undefined): HostSettings {
  const settings = vscode.workspace.getConfiguration(SECTION, resource);
  const values = (Object.keys(hostSettings) as HostSettingKey[]).map((key) => [
    key,
    checkHostSetting(key, settings.get<unknown>(key)),
  ]);
  return Object.fromEntries(values) as HostSettings;
}

/** What the trainer's environment says of the user's own engines. */
export function engineEnvironment(settings: HostSettings): Record<string, string> {
  return locationsEnvironment({ cuda: settings['cuda.path'], tensorflow: settings['tensorflow.path'] });
}

/**
 * The configuration of a run on `files`: settings of the first file's folder, with `choice` laid over them. Throws a
 * SettingError for a setting and a UserError for a part of `choice` that is out of range.
 */
export function runConfig(files: readonly vscode.Uri[], choice: RunChoice): RunConfig {
  return {
    ...dataConfig(files, choice),
    method: 'adatsc',
    seed: choice.seed ?? readHostSettings(files[0]).seed,
    ...(choice.clusterChoice && { clusterChoice: choice.clusterChoice }),
  };
}

/** The part of it that other methods share. */
export function dataConfig(
  files: readonly vscode.Uri[],
  choice: Omit<RunChoice, 'seed' | 'clusterChoice'>,
): Omit<RunConfig, 'method' | 'seed'> {
  const resource = files[0];
  const host = readHostSettings(resource);
  const hyperParameters = resolveHyperParameters({
    ...readHyperParameters(resource),
    ...choice.hyperParameters,
    ...(choice.clusters === undefined ? {} : { clusters: choice.clusters }),
  });
  return {
    files: files.map(({ fsPath }) => fsPath),
    variables: choice.fields ? [...choice.fields] : undefined,
    select: { ...choice.select },
    time: choice.time ? [...choice.time] : undefined,
    bbox: choice.bbox ? [...choice.bbox] : undefined,
    engine: host.engine,
    memoryLimit: host.memoryLimit || Math.floor((0.6 * totalmem()) / 2 ** 20),
    out: host.resultsFolder || undefined,
    hyperParameters,
  };
}

/** Sets the number of clusters where it is set already, the narrowest first; else for the workspace, or without one for the user. */
export async function setDefaultClusters(file: vscode.Uri, clusters: number): Promise<void> {
  const settings = vscode.workspace.getConfiguration(SECTION, file);
  const set = settings.inspect<number>('clusters');
  const target =
    set?.workspaceFolderValue !== undefined
      ? vscode.ConfigurationTarget.WorkspaceFolder
      : set?.workspaceValue !== undefined || vscode.workspace.workspaceFolders
        ? vscode.ConfigurationTarget.Workspace
        : vscode.ConfigurationTarget.Global;
  await settings.update('clusters', clusters, target);
}

function checkHostSetting(key: HostSettingKey, value: unknown): unknown {
  const setting = hostSettings[key];
  const name = `${SECTION}.${key}`;
  const refuse = (expected: string): never => {
    throw new SettingError(
      name,
      `The setting "${name}" is ${JSON.stringify(value)}; it must be ${expected}.`,
    );
  };
  switch (setting.type) {
    case 'integer':
      return Number.isInteger(value) &&
        (value as number) >= setting.minimum &&
        (value as number) <= setting.maximum
        ? value
        : refuse(`a whole number from ${setting.minimum} to ${setting.maximum}`);
    case 'choice':
      return typeof value === 'string' && Object.hasOwn(setting.choices, value)
        ? value
        : refuse(`one of ${Object.keys(setting.choices).join(', ')}`);
    case 'text':
      return typeof value === 'string' && (value === '' || path.isAbsolute(value))
        ? value
        : refuse('empty or an absolute path');
  }
}

function checked(key: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new SettingError(`${SECTION}.${key}`, messageOf(error).replace(`"${key}"`, `"${SECTION}.${key}"`));
  }
}
