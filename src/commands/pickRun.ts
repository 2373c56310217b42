import path from 'node:path';
import * as vscode from 'vscode';
import { hyperParameters } from '../core/config';
import type { FileField } from './dataFiles';
import { axesToSelect, formatBytes, gridKey, suggestedFields } from './fieldChoice';

export interface PickedData {
  readonly fields: string[];
  readonly select: Record<string, string>;
}

export interface PickedRun extends PickedData {
  readonly clusters: number;
}

/**
 * Asks for the fields, one value along each further axis, and K. Undefined when the user dismissed a question. `more`: how
 * many questions come after these.
 */
export async function pickRun(
  available: readonly FileField[],
  defaultClusters: number,
  { title = 'Cluster File', more = 0 }: { title?: string; more?: number } = {},
): Promise<PickedRun | undefined> {
  const data = await pickData(available, { title, more: 1 + more });
  if (!data) return undefined;
  const step = axesToSelect(available).length > 0 ? '' : ` (2/${2 + more})`;
  const clusters = await askClusters(defaultClusters, title, step);
  return clusters === undefined ? undefined : { ...data, clusters };
}

/** The same without K. */
export async function pickData(
  available: readonly FileField[],
  { title, more }: { title: string; more: number },
): Promise<PickedData | undefined> {
  // How many questions there will be is known only where no axis can come in between.
  const axesMayBeAsked = axesToSelect(available).length > 0;
  const steps = axesMayBeAsked || more === 0 ? undefined : { step: 1, totalSteps: 1 + more };
  const fields = await pickFields(available, steps, title);
  if (!fields) return undefined;

  const select: Record<string, string> = {};
  for (const axis of axesToSelect(fields)) {
    const value = await vscode.window.showQuickPick(
      axis.values.map((one) => ({ label: String(one), description: axis.units })),
      {
        title: `${title}: ${axis.name}`,
        placeHolder: `The fields have ${axis.size} values of "${axis.name}": which one is clustered?`,
        ignoreFocusOut: true,
      },
    );
    if (!value) return undefined;
    select[axis.name] = value.label;
  }
  return { fields: [...new Set(fields.map(({ name }) => name))], select };
}

interface FieldItem extends vscode.QuickPickItem {
  readonly field: FileField;
}

function pickFields(
  available: readonly FileField[],
  steps: { step: number; totalSteps: number } | undefined,
  title: string,
): Promise<FileField[] | undefined> {
  const quickPick = vscode.window.createQuickPick<FieldItem>();
  const severalFiles = new Set(available.map(({ file }) => file)).size > 1;
  quickPick.title = `${title}: fields`;
  quickPick.placeholder = 'Fields to cluster together; they must share time and grid';
  quickPick.canSelectMany = true;
  quickPick.matchOnDescription = true;
  quickPick.matchOnDetail = true;
  quickPick.ignoreFocusOut = true;
  quickPick.step = steps?.step;
  quickPick.totalSteps = steps?.totalSteps;
  quickPick.items = available.map((field) => describeField(field, severalFiles));
  const suggested = new Set(suggestedFields(available));
  quickPick.selectedItems = quickPick.items.filter(({ field }) => suggested.has(field));

  return new Promise((resolve) => {
    quickPick.onDidAccept(() => {
      const fields = quickPick.selectedItems.map(({ field }) => field);
      const grids = new Set(fields.map(gridKey));
      if (fields.length === 0) quickPick.title = `${title}: choose one field at least`;
      else if (grids.size > 1) quickPick.title = `${title}: ${[...grids].join(' and ')} do not fit together`;
      else {
        resolve(fields);
        quickPick.hide();
      }
    });
    quickPick.onDidHide(() => {
      quickPick.dispose();
      resolve(undefined);
    });
    quickPick.show();
  });
}

function describeField(field: FileField, withFile: boolean): FieldItem {
  const { name, longName, units, dimensions, shape, file } = field;
  const bytes = shape.reduce((product, size) => product * size, 4);
  const detail = [
    longName === name ? '' : longName,
    dimensions.map((dimension, i) => `${dimension} ${shape[i]}`).join(' × '),
    formatBytes(bytes),
    withFile ? path.basename(file) : '',
  ];
  return { label: name, description: units, detail: detail.filter(Boolean).join(' · '), field };
}

async function askClusters(value: number, title: string, step: string): Promise<number | undefined> {
  const { minimum, maximum } = hyperParameters.clusters;
  const text = await vscode.window.showInputBox({
    title: `${title}: number of clusters${step}`,
    prompt: `Number of clusters K, from ${minimum} to ${maximum}`,
    value: String(value),
    ignoreFocusOut: true,
    validateInput: (input) => {
      const k = Number(input);
      return input.trim() !== '' && Number.isInteger(k) && k >= minimum && k <= maximum
        ? undefined
        : `A whole number from ${minimum} to ${maximum}`;
    },
  });
  return text === undefined ? undefined : Number(text);
}
