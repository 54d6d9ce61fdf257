/** Where the package and the cache are. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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

/** The folder for what is fetched or built once: `MIXNAS_CACHE`, else XDG's cache folder. */
export function cacheFolder(): string {
  const set = process.env['MIXNAS_CACHE'];
  if (set) return set;
  const xdg = process.env['XDG_CACHE_HOME'];
  return join(xdg || join(homedir(), '.cache'), 'mixnas');
}

/** The folder of the user's own profiles: `MIXNAS_PROFILES`, else in XDG's folder for configuration. */
export function userProfilesFolder(): string {
  const set = process.env['MIXNAS_PROFILES'];
  if (set) return set;
  const xdg = process.env['XDG_CONFIG_HOME'];
  return join(xdg || join(homedir(), '.config'), 'mixnas', 'profiles');
}
