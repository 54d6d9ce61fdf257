/** Native code in the cache, by the same rules as the set-up's (scripts/setup/native.cjs, which says what they are). */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageRoot } from '../../base/index.js';

interface Native {
  /** Why nothing native may be kept in this cache folder; undefined where it is the user's alone, or not there. */
  cacheFault(cache: string): string | undefined;
  /** Why the build in `folder` is not what was built, or not the user's alone; undefined where it may be loaded. */
  faultOf(folder: string): string | undefined;
  /** A new folder of the cache to build in. @throws Error when the cache is not the user's alone. */
  openBuildFolder(cache: string): string;
  /** Moves a finished build into its place in one step; gives the place. */
  publish(building: string, name: string): string;
  writeManifest(folder: string, files: readonly string[]): void;
}

const require = createRequire(import.meta.url);

export const native = require(join(packageRoot(), 'scripts', 'setup', 'native.cjs')) as Native;
