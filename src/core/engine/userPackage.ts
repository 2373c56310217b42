import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { UserError } from '../errors';

/** An npm package that the user has installed. */
export interface UserPackage {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
}

/**
 * The first of the packages `names` at `location`: its own folder, one inside it, or a project with it in node_modules.
 *
 * @throws UserError when there is none.
 */
export function findPackage(location: string, names: readonly string[]): UserPackage {
  const folder = path.resolve(location);
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new UserError(`There is no folder ${folder}.`);
  const inside = names.flatMap((name) => [path.join(folder, 'node_modules', name), path.join(folder, name)]);
  for (const candidate of [...withParents(folder), ...inside]) {
    const found = readPackage(candidate);
    if (found && names.includes(found.name)) return found;
  }
  throw new UserError(`${folder} has no ${names.join(' or ')}.`);
}

/** Loads a CommonJS package from its folder, with all that it requires itself. */
export function loadPackage({ folder }: UserPackage): unknown {
  return createRequire(path.join(folder, 'package.json'))(folder);
}

function withParents(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...withParents(parent)];
}

function readPackage(folder: string): UserPackage | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
      name?: string;
      version?: string;
    };
    return name ? { name, version: version ?? 'of unknown version', folder } : undefined;
  } catch {
    // Not a package: another candidate may be.
    return undefined;
  }
}
