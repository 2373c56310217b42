import { expect, it } from 'vitest';
import { withoutLinks } from '../../../src/commands/notice';

/** As VS Code's parseLinkedText finds links. */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/;

it('names in files make no links in notifications', () => {
  const hostile = 'The field "[click](command:workbench.action.terminal.new)" has no values.';
  expect(hostile).toMatch(LINK);
  expect(withoutLinks(hostile)).not.toMatch(LINK);
  expect(withoutLinks(hostile.repeat(2))).not.toMatch(LINK);
  expect(withoutLinks('t2m [K] (daily)')).toBe('t2m [K] (daily)');
});
