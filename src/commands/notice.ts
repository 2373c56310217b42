/** Text for notifications. Knows nothing of VS Code. */

/**
 * VS Code turns "[text](command:...)" in a notification into a link that runs the command. Names in files and file names
 * can read like that, so that what comes from them passes through here.
 */
export function withoutLinks(text: string): string {
  return text.replace(/\]\(/g, '] (');
}
