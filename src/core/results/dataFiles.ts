import path from 'node:path';

/**
 * The data files of a run. A folder `X.clusters` lies beside the file X that it is of: where both have been moved
 * together, the file is where the folder is, whatever run.json says.
 */
export function dataFiles(directory: string, recorded: readonly string[]): string[] {
  const folder = path.dirname(directory);
  const [first, ...rest] = recorded;
  const name = path.basename(first, path.extname(first));
  const beside = path.basename(folder) === `${name}.clusters`;
  return [beside ? path.join(path.dirname(folder), path.basename(first)) : first, ...rest];
}
