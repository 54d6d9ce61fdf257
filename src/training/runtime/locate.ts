/** Where a tfjs-node may be found: in `node_modules`, or where the set-up built one in the cache. */
import { existsSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import { cacheFolder } from '../../base/index.js';
import { readSetupRecord } from './setup-record.js';

const require = createRequire(import.meta.url);

const manifestSchema = z.object({ files: z.array(z.object({ path: z.string(), bytes: z.number() })) });

/** Whether the libraries of a build have the sizes they were built with; the set-up checks hashes, too. */
function isWhole(folder: string): boolean {
  try {
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
    return manifest.files.every(({ path, bytes }) => statSync(join(folder, path)).size === bytes);
  } catch {
    return false;
  }
}

/** The builds in the cache for this platform, newest TensorFlow first; of Node-API, they run on every Node. */
function builtInCache(): string[] {
  // mixnas 0.1.0 put the ABI of the Node that built it into the name.
  const builds = new RegExp(`^tfjs-node-.*-tf[\\d.]+(-abi\\d+)?-${process.platform}-${process.arch}$`);
  const cache = cacheFolder();
  if (!existsSync(cache)) return [];
  return readdirSync(cache)
    .filter((name) => builds.test(name))
    .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((name) => join(cache, name))
    .filter(isWhole)
    .map((folder) => join(folder, 'node_modules', '@tensorflow', 'tfjs-node'));
}

/**
 * Folders to `require` a tfjs-node from, best first. npm undoes the set-up's link from `node_modules` to
 * the cache whenever it changes the tree, hence the look into the cache itself.
 */
export function tfjsNodePaths(): string[] {
  const paths = builtInCache();
  try {
    paths.unshift(join(require.resolve('@tensorflow/tfjs-node/package.json'), '..'));
  } catch {
    // Not in node_modules: npm drops an optional dependency that did not install.
  }
  const crashed = readSetupRecord()?.crashed ?? [];
  return [...new Set(paths.map((path) => realpathSync(path)))].filter((path) => !crashed.includes(path));
}
