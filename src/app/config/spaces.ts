/** Finding and reading search spaces: those of the package, those in ./spaces, and any path. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MixnasError, nearest, packageRoot, readDocument } from '../../base/index.js';
import { type Profile, commonGranularity } from '../../hardware/index.js';
import { type MixnetSpace, type ParseSpaceOptions, parseSpace } from '../../models/index.js';
import type { RunConfig } from './run-config.js';

const ending = '.yaml';

function spaceFolders(): string[] {
  return [...new Set([join(process.cwd(), 'spaces'), join(packageRoot(), 'spaces')])];
}

/** The names that `loadSpace` finds, sorted. */
export function spaceNames(): string[] {
  const files = spaceFolders().flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []));
  const names = files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length));
  return [...new Set(names)].sort();
}

/** The file of a space: a path as it is (it has a slash or an ending), else NAME.yaml in a folder. */
function spacePath(nameOrPath: string): string {
  if (/[/\\]|\.(ya?ml|json)$/.test(nameOrPath)) return nameOrPath;
  const paths = spaceFolders().map((folder) => join(folder, `${nameOrPath}${ending}`));
  const found = paths.find((path) => existsSync(path));
  if (found !== undefined) return found;
  const near = nearest(nameOrPath, spaceNames());
  const hint = near.length > 0 ? `; did you mean ${near.join(' or ')}?` : '.';
  throw new MixnasError('bad-config', `There is no search space called ${nameOrPath}${hint}`, {
    remedy: `Known spaces: ${spaceNames().join(', ')}. A path to a YAML file works too.`,
  });
}

/**
 * Reads a search space by name, or from a path.
 * @param options what its channels are to be multiples of.
 * @throws MixnasError `bad-config` when there is none (with the near names) or when the file is broken.
 */
export function loadSpace(nameOrPath: string, options?: ParseSpaceOptions): MixnetSpace {
  const path = spacePath(nameOrPath);
  return parseSpace(readDocument(path, 'bad-config'), path, options);
}

/**
 * The space of a search, its channels as suit the devices where config or space ask for that.
 * @throws MixnasError as `loadSpace` does, and `bad-config` where no multiple suits all devices.
 */
export function searchSpace(
  { space, align }: Pick<RunConfig, 'space' | 'align'>,
  profiles: readonly Profile[],
): MixnetSpace {
  return loadSpace(space, { align, granularity: () => commonGranularity(profiles) });
}
