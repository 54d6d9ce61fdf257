/** The cache's folder of a built tfjs-node: its name, and where builds are. */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** As `cacheFolder` of src/base, which cannot be imported before it is compiled. */
export function cacheFolder() {
  const set = process.env.MIXNAS_CACHE || process.env.XDG_CACHE_HOME;
  if (set) return process.env.MIXNAS_CACHE ? resolve(set) : join(set, 'mixnas');
  let home = '';
  try {
    home = homedir();
  } catch {
    // no HOME, and the system knows no user of this number
  }
  if (!isAbsolute(home)) throw new Error('there is no home folder to keep the cache in: set MIXNAS_CACHE');
  return join(home, '.cache', 'mixnas');
}

/** Where npm puts the package inside a folder of the cache. */
export const packagePath = join('node_modules', '@tensorflow', 'tfjs-node');

/**
 * tfjs-node's binding is of Node-API, whose builds run on every Node: one build serves them all. mixnas 0.1.0 put the
 * ABI of the Node that built it into the name.
 */
const suffix = new RegExp(`-tf[\\d.]+(-abi\\d+)?-${process.platform}-${process.arch}$`);

/** The name of a build: src/training/runtime/locate.ts searches for it too. */
export function folderName(version, tensorflow) {
  return `tfjs-node-${version}-tf${tensorflow}-${process.platform}-${process.arch}`;
}

/** Builds of this version of tfjs-node for this platform, newest TensorFlow first; unchecked. */
export function builtFolders(version) {
  const cache = cacheFolder();
  if (!existsSync(cache)) return [];
  return readdirSync(cache)
    .filter((name) => name.startsWith(`tfjs-node-${version}-tf`) && suffix.test(name))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((name) => join(cache, name));
}
