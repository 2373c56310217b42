import path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../core/errors';
import type { FieldListing } from '../core/data/fields';

/** As in the menus of package.json. What a file is, is told from its content; this only filters the dialog. */
const EXTENSIONS = ['nc', 'nc4', 'cdf', 'h5', 'hdf5'];

/** A field and the file that has it. */
export interface FileField extends FieldListing {
  readonly file: string;
}

/** The files a command was called on; asks for some when it was called on none. Empty when the user dismissed the dialog. */
export async function chooseFiles(
  resource: vscode.Uri | string | undefined,
  selection: readonly (vscode.Uri | string)[] | undefined,
): Promise<vscode.Uri[]> {
  const given = selection && selection.length > 0 ? selection : resource ? [resource] : undefined;
  const files =
    given?.map((one) => (typeof one === 'string' ? vscode.Uri.file(one) : one)) ??
    (await vscode.window.showOpenDialog({
      canSelectMany: true,
      openLabel: 'Cluster',
      title: 'Cluster Data Files',
      defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri,
      filters: { 'NetCDF and HDF5': EXTENSIONS, 'All files': ['*'] },
    })) ??
    [];
  const elsewhere = files.find(({ scheme }) => scheme !== 'file');
  if (elsewhere) {
    throw new UserError(
      `${elsewhere.toString(true)} is not on this machine's disk. Copy it into a folder on disk and cluster it there.`,
    );
  }
  return files;
}

/** The fields of all files. Throws a UserError when a file cannot be read or none has a field. */
export async function readFields(files: readonly vscode.Uri[]): Promise<FileField[]> {
  // Loaded on first use: activation must stay quick.
  const [{ openDataset }, { listFields }] = await Promise.all([
    import('../core/data/open'),
    import('../core/data/fields'),
  ]);
  const found: FileField[] = [];
  const refused: string[] = [];
  for (const { fsPath } of files) {
    const dataset = await openDataset(fsPath);
    try {
      for (const listing of await listFields(dataset)) {
        if (listing.axes) found.push({ ...listing, file: fsPath });
        else refused.push(`${listing.name}: ${listing.reason}`);
      }
    } finally {
      await dataset.close();
    }
  }
  if (found.length > 0) return found;
  const names = files.map(({ fsPath }) => path.basename(fsPath)).join(', ');
  throw new UserError(
    `${names} has no field that can be clustered: a numeric variable with a time axis and two horizontal axes. ` +
      (refused.length > 0 ? `It has ${refused.slice(0, 5).join('; ')}.` : 'It has no variables.'),
  );
}
