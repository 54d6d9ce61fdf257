/** Commands that are printed for the reader to run next: whole, and in the words that work in this shell. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';

/** Folders that npm and npx put before the path of what they start, and that the user's shell has not. */
const ofNpm = (folder: string) =>
  folder.split(/[\\/]/).some((part) => part === 'node_modules' || part === '_npx');

const endings = sep === '\\' ? ['.cmd', '.ps1', '.exe', ''] : [''];

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Whether the shell of a user finds `mixnas` by itself. */
function isOnPath(path: string): boolean {
  const folders = path.split(delimiter).filter((folder) => folder !== '' && !ofNpm(folder));
  return folders.some((folder) => endings.some((ending) => isProgram(join(folder, `mixnas${ending}`))));
}

const known = new Map<string, boolean>();

/** What a user types for the program: `mixnas`, or `npx mixnas` where a shell does not find it. */
export function programName(path: string = process.env['PATH'] ?? ''): string {
  const found = known.get(path) ?? isOnPath(path);
  known.set(path, found);
  return found ? 'mixnas' : 'npx mixnas';
}

/** A word of a shell command, quoted where the shell would take it for something else. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-][\w@%+=:,./#~-]*$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** The command that does something with mixnas, such as `npx mixnas eval quickstart-1#12`. */
export function commandLine(...words: readonly (string | number)[]): string {
  return [programName(), ...words.map((word) => shellWord(String(word)))].join(' ');
}
