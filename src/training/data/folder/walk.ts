/** The images below one class folder, however deep. */
import { statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { formatBytes, sizeLimits } from '../../../base/index.js';
import { type BrokenFile, sniffFile } from '../decode/index.js';
import { entriesOf, holds, isHidden, realPath } from './entries.js';
import type { FileList } from './file-list.js';
import type { SkippedFiles } from './skipped.js';

/** Endings of images: taken without a look inside. */
const images = new Set(
  ['jpg', 'jpeg', 'jpe', 'jfif', 'png', 'webp', 'gif', 'tif', 'tiff', 'avif', 'bmp', 'dib'].map(
    (e) => `.${e}`,
  ),
);
/** Endings of what lies next to images: not opened to see whether it is one. */
const others = new Set(
  [
    'txt',
    'xml',
    'json',
    'jsonl',
    'csv',
    'tsv',
    'md',
    'yaml',
    'yml',
    'html',
    'pdf',
    'py',
    'ipynb',
    'js',
    'ts',
    'db',
    'ini',
  ]
    .concat(['npy', 'npz', 'mat', 'h5', 'pkl', 'pt', 'zip', 'gz', 'tar', 'mp4', 'mov', 'avi', 'wav', 'mp3'])
    .map((e) => `.${e}`),
);

/** What is found on the way, over all classes. */
export interface WalkReport {
  readonly skipped: SkippedFiles;
  /** Folders within class folders that held images. */
  readonly deeper: { images: number; readonly folders: string[] };
  /** Links that were not followed, with what they lead to. */
  readonly loops: string[];
  readonly broken: BrokenFile[];
}

export interface WalkOptions {
  readonly root: string;
  /** Real paths of all class folders: a link into one of them would count its images twice. */
  readonly classFolders: readonly string[];
  readonly report: WalkReport;
}

/**
 * Adds the images below `name` (a folder's path below the root) to `list`, in order of name. A link to a folder is
 * followed unless it leads back: to a folder that holds it, or to one of the class folders.
 */
export function walkClass(name: string, label: number, list: FileList, options: WalkOptions): void {
  const { root, classFolders, report } = options;
  const visit = (folder: string, within: readonly string[]): void => {
    let direct = 0;
    for (const entry of entriesOf(join(root, folder))) {
      const own = `${folder}/${entry.name}`;
      const path = join(root, own);
      if (isHidden(entry.name)) {
        report.skipped.addHidden();
      } else if (entry.kind === 'nowhere') {
        report.broken.push({ path, reason: 'a link that leads nowhere' });
      } else if (entry.kind === 'folder') {
        const real = entry.link ? realPath(path) : join(within.at(-1) as string, entry.name);
        if (entry.link && leadsBack(real, within)) report.loops.push(own);
        else visit(own, [...within, real]);
      } else if (entry.kind === 'other') {
        // Decoding would wait for ever for a pipe, and never end with a device.
        report.broken.push({ path, reason: 'not a regular file' });
      } else if (isImage(path, entry.name)) {
        const { size, mtimeMs } = statSync(path);
        if (size > sizeLimits.image) {
          report.broken.push({ path, reason: `larger than ${formatBytes(sizeLimits.image)}` });
          continue;
        }
        list.add({ name: own, label, bytes: size, modifiedMs: mtimeMs });
        direct++;
      } else {
        report.skipped.add(entry.name);
      }
    }
    if (folder === name || direct === 0) return;
    report.deeper.images += direct;
    report.deeper.folders.push(folder);
  };
  const leadsBack = (real: string, within: readonly string[]) =>
    within.some((above) => holds(real, above)) ||
    classFolders.some((other) => holds(real, other) || holds(other, real));
  visit(name, [realPath(join(root, name))]);
}

function isImage(path: string, name: string): boolean {
  const ending = extname(name).toLowerCase();
  return images.has(ending) || (!others.has(ending) && sniffFile(path) !== undefined);
}
