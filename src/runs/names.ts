/** Where runs lie and what they may be called. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { MixnasError, nearest } from '../base/index.js';

/** The folder that holds runs: `MIXNAS_RUNS`, else `runs` in the working directory. */
export function runsRoot(): string {
  return resolve(process.env['MIXNAS_RUNS'] || 'runs');
}

/** Names that Windows cannot have as a folder: a run may be copied there. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

const maxLength = 80;

/**
 * Checks a run's name: letters, digits, `.`, `_` and `-`, beginning with a letter or digit, so that it is
 * one folder inside the runs folder on any system and needs no quoting in a shell.
 * @throws MixnasError `bad-usage` with the rule that it breaks.
 */
export function checkRunName(name: string): void {
  const refuse = (why: string) =>
    new MixnasError('bad-usage', `The run name ${JSON.stringify(shorten(name))} ${why}.`, {
      remedy: 'Use letters, digits, `.`, `_` and `-`, beginning with a letter or a digit.',
    });
  if (name === '') throw refuse('is empty');
  if (/[/\\]/.test(name) || name.startsWith('.')) throw refuse('climbs out of the runs folder');
  if (name.length > maxLength) throw refuse(`is longer than ${maxLength} characters`);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) || name.endsWith('.')) {
    throw refuse('has characters that a run name cannot have');
  }
  if (reserved.test(name)) throw refuse('is reserved by Windows');
}

const shorten = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** `base-1`, or the first of `base-2`, `base-3`, ... that no run in `root` is called. */
export function nextRunName(root: string, base: string): string {
  const used = new Set(existsSync(root) ? readdirSync(root) : []);
  for (let i = 1; ; i++) {
    const name = `${base.slice(0, maxLength - 8)}-${i}`;
    if (!used.has(name)) return name;
  }
}

/** The names of the runs in `root`, newest first. */
export function listRuns(root: string = runsRoot()): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => !name.startsWith('.') && isRunFolder(join(root, name)))
    .map((name) => ({ name, time: lastChange(join(root, name)) }))
    .sort((a, b) => b.time - a.time)
    .map(({ name }) => name);
}

const isRunFolder = (folder: string) => existsSync(join(folder, 'manifest.json'));

const lastChange = (folder: string) =>
  statSync(join(folder, 'journal.jsonl'), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/**
 * The folder of a run that a user names: a path to the folder, or a name in `root`.
 * @throws MixnasError `bad-run` with the near names when there is no such run.
 */
export function findRun(pathOrName: string, root: string = runsRoot()): string {
  const inRoot = join(root, pathOrName);
  for (const folder of [resolve(pathOrName), inRoot]) if (pathOrName && isRunFolder(folder)) return folder;
  const near = nearest(basename(pathOrName), listRuns(root));
  throw new MixnasError('bad-run', `There is no run ${JSON.stringify(pathOrName)}.`, {
    remedy: near.length > 0 ? `Did you mean ${near.join(', ')}?` : `Runs lie in ${root}.`,
  });
}
