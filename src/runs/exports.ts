/** `exports/index.json`: the files that `mixnas export` has made of a run's networks, wherever they lie. */
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { ownFolder, ownPart, parseWith, readJsonFile, writeFileAtomic } from '../base/index.js';

const rate = z.number().min(0).max(1);

const entrySchema = z.strictObject({
  trial: z.number().int().min(0),
  /** The main file, from the run folder where it is on the same disk. */
  path: z.string().min(1),
  format: z.string(),
  precision: z.enum(['float32', 'float16', 'int8']),
  bytes: z.number().int().min(0),
  resolution: z.number().int().positive(),
  /** On images that it was not trained on: of the file, and of the network as trained; where it was checked on such. */
  accuracy: rate.optional(),
  trainedAccuracy: rate.optional(),
  images: z.number().int().positive().optional(),
  /** The runtime that it was checked in; undefined for a file that was not. */
  runtime: z.string().optional(),
});

/** A file that was made of a run's network. */
export type ExportEntry = z.output<typeof entrySchema>;

const code = 'bad-run';
const indexOf = (folder: string) => join(folder, 'exports', 'index.json');

/**
 * What was exported from a run, by trial; paths as they can be opened from here.
 * @throws MixnasError `bad-run` for an index that is broken, or a link to elsewhere.
 */
export function readExports(folder: string): readonly ExportEntry[] {
  return stored(folder).map((entry) => ({
    ...entry,
    path: isAbsolute(entry.path) ? entry.path : join(folder, entry.path),
  }));
}

function stored(folder: string): readonly ExportEntry[] {
  const path = indexOf(folder);
  if (!ownPart(dirname(path), 'folder', code) || !ownPart(path, 'file', code)) return [];
  return parseWith(z.array(entrySchema), readJsonFile(path, code, { own: true }), path, code);
}

/** Adds a file to the index of its run; one of the same path is replaced. @throws MixnasError `no-space` */
export function recordExport(folder: string, entry: ExportEntry): void {
  const path = relative(resolve(folder), resolve(entry.path));
  const before = stored(folder).filter((known) => known.path !== path);
  const all = [...before, { ...entry, path }].toSorted(
    (a, b) => a.trial - b.trial || a.path.localeCompare(b.path, 'en'),
  );
  ownFolder(join(folder, 'exports'), code);
  writeFileAtomic(indexOf(folder), `${JSON.stringify(all, undefined, 1)}\n`);
}
