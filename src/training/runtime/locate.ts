/** Where a tfjs-node may be found: in `node_modules`, or where the set-up built one in the cache. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { cacheFolder } from '../../base/index.js';
import { native } from './native.js';
import { readSetupRecord } from './setup-record.js';

const require = createRequire(import.meta.url);

// mixnas 0.1.0 put the ABI of the Node that built it into the name.
const build = new RegExp(`^tfjs-node-.*-tf[\\d.]+(-abi\\d+)?-${process.platform}-${process.arch}$`);

/** The builds in the cache for this platform, newest TensorFlow first; of Node-API, they run on every Node. */
function builtInCache(): string[] {
  let cache: string;
  try {
    cache = cacheFolder();
    if (!existsSync(cache)) return [];
  } catch {
    return []; // no home folder: nothing was built
  }
  return readdirSync(cache)
    .filter((name) => build.test(name))
    .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((name) => join(cache, name, 'node_modules', '@tensorflow', 'tfjs-node'))
    .filter((path) => existsSync(path));
}

/** Why a build of ours must not be loaded; undefined where it may, and for what npm itself installed. */
function faultOf(path: string): string | undefined {
  const folder = join(path, '..', '..', '..');
  return build.test(basename(folder)) ? native.faultOf(folder) : undefined;
}

/**
 * Folders to `require` a tfjs-node from, best first. npm undoes the set-up's link from `node_modules` to
 * the cache whenever it changes the tree, so the cache itself is read. A build that is not as it was built, or
 * that others can write to, is left out, and `refused` says so.
 */
export function tfjsNodePaths(refused: string[] = []): string[] {
  const paths = builtInCache();
  try {
    paths.unshift(join(require.resolve('@tensorflow/tfjs-node/package.json'), '..'));
  } catch {
    // Not in node_modules: npm drops an optional dependency that did not install.
  }
  const crashed = readSetupRecord()?.crashed ?? [];
  return [...new Set(paths.map((path) => realpathSync(path)))].filter((path) => {
    if (crashed.includes(path)) return false;
    const fault = faultOf(path);
    if (fault !== undefined) refused.push(`${path}: ${fault}`);
    return fault === undefined;
  });
}
