/**
 * Native code in the cache: a folder for each build, with a `manifest.json` of its files' sizes and hashes. Shared by
 * the set-up (which runs before anything is compiled) and the runtime, so that both mean the same by "as it was built".
 *
 * Hashing TensorFlow's 850 MB takes about a second, so what was hashed once is remembered in `verified.json` by device,
 * inode, size, and times of change to the nanosecond. The kernel sets a file's ctime at every write and no call sets it
 * back, so a file with the same stamp has the same bytes, as long as nobody else can write to the folder: that is
 * checked every time. Whoever can write to it is the user, or root, and needs no trick.
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const { hostname } = require('node:os');
const { dirname, isAbsolute, join, normalize, sep } = require('node:path');

/** Why a path is not the user's alone, as a sentence without its stop, or undefined; root may own it, too. */
function ownerFault(path, follow = false) {
  if (!process.geteuid) return undefined; // Windows keeps a user's folders to the user
  const info = follow ? fs.statSync(path) : fs.lstatSync(path);
  if (info.isSymbolicLink()) return `${path} is a link`;
  if (info.uid !== process.geteuid() && info.uid !== 0) return `${path} belongs to another user`;
  if ((info.mode & 0o022) !== 0) return `${path} can be written by other users`;
  return undefined;
}

/** Why nothing native may be kept in this cache folder; undefined where it is the user's alone, or not there. */
function cacheFault(cache) {
  return fs.existsSync(cache) ? ownerFault(cache, true) : undefined;
}

function sha256(path) {
  const hash = createHash('sha256');
  const file = fs.openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(1 << 20);
    for (let size = 1; size > 0; ) {
      size = fs.readSync(file, chunk);
      hash.update(chunk.subarray(0, size));
    }
  } finally {
    fs.closeSync(file);
  }
  return hash.digest('hex');
}

/** Writes a build's manifest: size and hash of each of `files` (paths in `folder`), and what `more` holds. */
function writeManifest(folder, files, more = {}) {
  const entries = files.map((path) => {
    const full = join(folder, path);
    return { path, bytes: fs.statSync(full).size, sha256: sha256(full) };
  });
  const text = `${JSON.stringify({ ...more, files: entries }, null, 2)}\n`;
  fs.writeFileSync(join(folder, 'manifest.json'), text);
}

function readStamps(folder) {
  try {
    const path = join(folder, 'verified.json');
    return ownerFault(path) ? {} : JSON.parse(fs.readFileSync(path, 'utf8'));
  } catch {
    return {}; // never verified, or torn: everything is hashed
  }
}

/** Two seconds: a file changed within the clock's tick in which it was hashed keeps its stamp. */
const settleMs = 2000;

/** The stamp of a file whose content is known to be `hash`, as a string. */
function stampOf(info, hash) {
  return [info.dev, info.ino, info.size, info.mtimeNs, info.ctimeNs, hash].join(' ');
}

/** What is wrong with one file of a manifest; `stamps` and `next` hold what was hashed before, and now. */
function fileFault(folder, entry, stamps, next) {
  const { path, bytes, sha256: expected } = entry ?? {};
  const isInside =
    typeof path === 'string' && !isAbsolute(path) && !normalize(path).startsWith('..') && path !== '';
  if (!isInside || !/^[0-9a-f]{64}$/.test(expected)) return 'manifest.json is broken';
  let place = folder;
  for (const part of normalize(path).split(sep)) {
    place = join(place, part);
    const fault = ownerFault(place);
    if (fault) return fault;
  }
  const info = fs.lstatSync(place, { bigint: true });
  if (!info.isFile() || info.size !== BigInt(bytes)) return `${path} was changed`;
  const stamp = stampOf(info, expected);
  if (stamps[path] !== stamp && sha256(place) !== expected) return `${path} was changed`;
  if (stamps[path] === stamp || Date.now() - Number(info.ctimeMs) > settleMs) next[path] = stamp;
  return undefined;
}

/** Why the build in `folder` is not what was built, or not the user's alone; undefined where it may be loaded. */
function faultOf(folder) {
  try {
    const fault =
      cacheFault(dirname(folder)) ?? ownerFault(folder) ?? ownerFault(join(folder, 'manifest.json'));
    if (fault) return fault;
    const { files } = JSON.parse(fs.readFileSync(join(folder, 'manifest.json'), 'utf8'));
    if (!Array.isArray(files) || files.length === 0) return 'manifest.json lists no files';
    const stamps = readStamps(folder);
    const next = {};
    for (const entry of files) {
      const wrong = fileFault(folder, entry, stamps, next);
      if (wrong) return wrong;
    }
    if (Object.keys(next).some((path) => next[path] !== stamps[path])) writeStamps(folder, next);
    return undefined;
  } catch (error) {
    return error.message;
  }
}

function writeStamps(folder, stamps) {
  const temporary = join(folder, `verified.json.${process.pid}.tmp`);
  try {
    fs.writeFileSync(temporary, `${JSON.stringify(stamps)}\n`, { mode: 0o600 });
    fs.renameSync(temporary, join(folder, 'verified.json'));
  } catch {
    fs.rmSync(temporary, { force: true }); // a cache that cannot be written: everything is hashed each time
  }
}

const dayMs = 24 * 3600 * 1000;

/** Makes a folder and those around it: Node's own way never ends under /proc. @throws Error with a code */
function makeFolders(path) {
  if (fs.existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolders(parent);
  try {
    fs.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (error.code !== 'EEXIST')
      throw new Error(`${path} cannot be made (${error.code}): set MIXNAS_CACHE to another folder`, {
        cause: error,
      });
  }
}

/**
 * A new folder to build in, next to where the build will lie. Those that killed processes left are removed; whether
 * one of another machine was killed is judged by its age.
 * @throws Error when the cache folder is not the user's alone, or cannot be written
 */
function openBuildFolder(cache) {
  makeFolders(cache);
  const fault = cacheFault(cache);
  if (fault) throw new Error(`${fault}: run chmod 700 on it, or set MIXNAS_CACHE to a folder of your own`);
  const host = hostname().replaceAll(/[^\w.-]/g, '_');
  for (const name of fs.readdirSync(cache)) {
    const [, owner, pid] = /^building-(.+)-(\d+)(?:-broken)?$/.exec(name) ?? [];
    if (pid === undefined) continue;
    const path = join(cache, name);
    const isDead = owner === host ? !isAlive(Number(pid)) : Date.now() - fs.statSync(path).mtimeMs > dayMs;
    if (isDead) fs.rmSync(path, { recursive: true, force: true });
  }
  const folder = join(cache, `building-${host}-${process.pid}`);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { mode: 0o700 });
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
 * another process was first, its build is kept, unless it is broken.
 * @returns the build's folder
 */
function publish(building, name) {
  const place = join(dirname(building), name);
  for (let attempt = 1; ; attempt++) {
    try {
      fs.renameSync(building, place);
      return place;
    } catch (error) {
      if (attempt === 3 || !['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(error.code)) throw error;
    }
    if (faultOf(place) === undefined) return place;
    const broken = `${building}-broken`;
    fs.renameSync(place, broken);
    fs.rmSync(broken, { recursive: true, force: true });
  }
}

module.exports = { cacheFault, faultOf, openBuildFolder, publish, sha256, writeManifest };
