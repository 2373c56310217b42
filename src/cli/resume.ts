import type { Command } from 'commander';
import { UserError } from '../core/errors';

/** What is resumed goes on as it was begun: refuses files and options beside --resume but those in `allowed`. */
export function refuseBesideResume(
  files: readonly string[],
  command: Command,
  what: string,
  allowed: readonly string[],
): void {
  const given = command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .filter((option) => !['resume', ...allowed].includes(option.attributeName()))
    .map((option) => option.long);
  if (files.length > 0 || given.length > 0) {
    throw new UserError(
      `--resume continues ${what} with its own files and settings; leave out ${[...files, ...given].join(', ')}.`,
    );
  }
}
