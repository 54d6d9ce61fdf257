/** Reading folders: what is in one, and what a link leads to. */
import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MixnasError, asDiskError, messageOf } from '../../../base/index.js';

/** Folders that systems and archivers leave behind. */
const leftBehind = new Set(['__MACOSX', '@eaDir', '$RECYCLE.BIN', 'System Volume Information', 'lost+found']);

/** Whether a name is not meant for people: hidden, or left behind by a system. */
export const isHidden = (name: string) => name.startsWith('.') || leftBehind.has(name);

export interface Entry {
  readonly name: string;
  /** `other`: a pipe, a socket, a device. */
  readonly kind: 'folder' | 'file' | 'other' | 'nowhere';
  readonly link: boolean;
}

function kindOf(entry: Pick<Dirent, 'isDirectory' | 'isFile'>): 'folder' | 'file' | 'other' {
  if (entry.isDirectory()) return 'folder';
  return entry.isFile() ? 'file' : 'other';
}

/**
 * What is in a folder, hidden names too, in order of name; links are what they lead to.
 * @throws MixnasError `bad-data` for a folder that cannot be read.
 */
export function entriesOf(folder: string): Entry[] {
  let found: Dirent[];
  try {
    found = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const { message = messageOf(error) } = asDiskError(error, folder) ?? {};
    throw new MixnasError('bad-data', `${folder} cannot be read: ${message.replace(/\.$/, '')}.`, {
      cause: error,
    });
  }
  const entries = found.map((entry): Entry => {
    const { name } = entry;
    if (!entry.isSymbolicLink()) return { name, kind: kindOf(entry), link: false };
    try {
      return { name, kind: kindOf(statSync(join(folder, name))), link: true };
    } catch {
      return { name, kind: 'nowhere', link: true }; // Nothing there, or links in a circle.
    }
  });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The folders in a folder that people see, in order of name. */
export const foldersIn = (folder: string): string[] =>
  entriesOf(folder).flatMap(({ name, kind }) => (kind === 'folder' && !isHidden(name) ? [name] : []));

export const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Whether one real path is the other, or holds it. */
export function holds(outer: string, inner: string): boolean {
  return (
    inner === outer ||
    inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`) ||
    inner.startsWith(`${outer}\\`)
  );
}

export const realPath = (path: string) => realpathSync.native(path);
