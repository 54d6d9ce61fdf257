/** Where the package and the cache are. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MixnasError } from './errors.js';

let root: string | undefined;

/** The folder of mixnas's own package.json; `profiles/`, `spaces/` and `examples/` lie in it. */
export function packageRoot(): string {
  if (root === undefined) {
    let folder = dirname(fileURLToPath(import.meta.url));
    while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
    root = folder;
  }
  return root;
}

/** mixnas's version, from its package.json. */
export function packageVersion(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The user's home folder. @throws MixnasError `no-space` where there is none, with the variable to set instead. */
function homeFolder(variable: string): string {
  let home = '';
  try {
    home = homedir();
  } catch {
    // no HOME, and the system knows no user of this number
  }
  if (isAbsolute(home)) return home;
  throw new MixnasError('no-space', 'There is no home folder.', {
    remedy: `Set HOME, or ${variable} to a folder.`,
  });
}

/** The folder for what is fetched or built once: `MIXNAS_CACHE`, else XDG's cache folder. */
export function cacheFolder(): string {
  const set = process.env['MIXNAS_CACHE'];
  if (set) return resolve(set);
  const xdg = process.env['XDG_CACHE_HOME'];
  return join(xdg || join(homeFolder('MIXNAS_CACHE'), '.cache'), 'mixnas');
}

/** The user's folder for configuration, as XDG has it; `variable` names what else would say where. */
export function configFolder(variable = 'XDG_CONFIG_HOME'): string {
  const xdg = process.env['XDG_CONFIG_HOME'];
  return join(xdg || join(homeFolder(variable), '.config'), 'mixnas');
}

/** The folder of the user's own profiles: `MIXNAS_PROFILES`, else in XDG's folder for configuration. */
export function userProfilesFolder(): string {
  return process.env['MIXNAS_PROFILES'] || join(configFolder('MIXNAS_PROFILES'), 'profiles');
}
