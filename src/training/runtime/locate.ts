/** Where a tfjs-node may be found: in `node_modules`, or where the set-up built one in the cache. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cacheFolder } from '../../base/index.js';

const require = createRequire(import.meta.url);

/** Folders of the cache in which a tfjs-node was built for this Node and this platform, newest last. */
export function builtInCache(): string[] {
  const suffix = `-abi${process.versions.modules}-${process.platform}-${process.arch}`;
  const cache = cacheFolder();
  if (!existsSync(cache)) return [];
  return readdirSync(cache)
    .filter((name) => name.startsWith('tfjs-node-') && name.endsWith(suffix))
    .toSorted()
    .map((name) => join(cache, name));
}

/**
 * Paths to `require` a tfjs-node by, best first. npm undoes the set-up's link from `node_modules` to the
 * cache whenever it changes the tree, hence the look into the cache itself.
 */
export function tfjsNodePaths(): string[] {
  const paths = builtInCache()
    .map((folder) => join(folder, 'node_modules', '@tensorflow', 'tfjs-node'))
    .filter((folder) => existsSync(folder))
    .toReversed();
  try {
    paths.unshift(require.resolve('@tensorflow/tfjs-node'));
  } catch {
    // Not in node_modules: npm drops an optional dependency that did not install.
  }
  return paths;
}
