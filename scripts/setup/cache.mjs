/** The cache's folder of a built tfjs-node: its name, what must be in it, how it gets there. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** As `cacheFolder` of src/base, which cannot be imported before it is compiled. */
export function cacheFolder() {
  return process.env.MIXNAS_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mixnas');
}

/** Where npm puts the package inside a folder of the cache. */
export const packagePath = join('node_modules', '@tensorflow', 'tfjs-node');

/**
 * tfjs-node's binding is of Node-API, whose builds run on every Node: one build serves them all. mixnas 0.1.0 put the
 * ABI of the Node that built it into the name.
 */
const suffix = new RegExp(`-tf[\\d.]+(-abi\\d+)?-${process.platform}-${process.arch}$`);

/** The name of a build: src/training/runtime/locate.ts looks for it too. */
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

async function sha256(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** Writes `manifest.json`: TensorFlow's version, and size and hash of each of `files`. */
export async function writeManifest(folder, tensorflow, files) {
  const entries = [];
  for (const path of files) {
    const full = join(folder, path);
    entries.push({ path, bytes: statSync(full).size, sha256: await sha256(full) });
  }
  writeFileSync(
    join(folder, 'manifest.json'),
    `${JSON.stringify({ tensorflow, files: entries }, null, 2)}\n`,
  );
}

/** Whether every file of a build is there and is what it was; else why not. */
export async function faultOf(folder) {
  try {
    const { files } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    for (const { path, bytes, sha256: expected } of files) {
      const full = join(folder, path);
      if (statSync(full).size !== bytes || (await sha256(full)) !== expected) return `${path} was changed`;
    }
    return undefined;
  } catch (error) {
    return error.message;
  }
}

const dayMs = 24 * 3600 * 1000;

/**
 * A new folder to build in, beside where the build will lie. Those that killed installs left are removed;
 * whether one of another machine was killed is judged by its age.
 */
export function openBuildFolder() {
  const cache = cacheFolder();
  mkdirSync(cache, { recursive: true });
  const host = hostname().replaceAll(/[^\w.-]/g, '_');
  for (const name of readdirSync(cache)) {
    const [, owner, pid] = /^building-(.+)-(\d+)(?:-broken)?$/.exec(name) ?? [];
    if (pid === undefined) continue;
    const path = join(cache, name);
    const isDead = owner === host ? !isAlive(Number(pid)) : Date.now() - statSync(path).mtimeMs > dayMs;
    if (isDead) rmSync(path, { recursive: true, force: true });
  }
  const folder = join(cache, `building-${host}-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  return folder;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Moves a finished build into its place in one step, so that nobody ever sees half of one. Where
 * another install was first, its build is kept, unless it is broken.
 * @returns the build's folder
 */
export async function publish(building, name) {
  const place = join(cacheFolder(), name);
  for (let attempt = 1; ; attempt++) {
    try {
      renameSync(building, place);
      return place;
    } catch (error) {
      if (attempt === 3 || !['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
    }
    if ((await faultOf(place)) === undefined) return place;
    const broken = `${building}-broken`;
    renameSync(place, broken);
    rmSync(broken, { recursive: true, force: true });
  }
}
