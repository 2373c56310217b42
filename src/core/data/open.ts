import type { Dataset } from './dataset';
import { FileBytes } from './fileBytes';
import { identify } from './identify';
import { openClassic } from './classic';
import { openHdf5 } from './hdf5';

/**
 * Opens a data file. What it is, is told from its first bytes, never from its name. Only the header is read.
 * The caller closes the dataset. Throws a UserError when the file is absent, damaged or of another kind.
 */
export async function openDataset(path: string): Promise<Dataset> {
  const file = await FileBytes.open(path);
  try {
    const format = await identify(file);
    if (format.kind === 'classic') return await openClassic(file);
    return await openHdf5(file);
  } catch (error) {
    // Closing twice is harmless.
    await file.close().catch(() => undefined);
    throw error;
  }
}
