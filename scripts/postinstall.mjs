/**
 * Run by npm at the end of an install: finds or makes the best tensor backend that this machine allows,
 * and says which one it is. It never fails the install, as mixnas runs without any of this.
 *
 *   1. tfjs-node as its own install script left it, with TensorFlow's library downloaded;
 *   2. tfjs-node built in the cache against the library of a tensorflow-cpu wheel;
 *   3. the portable backend, WebAssembly, which comes with mixnas and needs nothing.
 *
 * `MIXNAS_BACKEND=portable` takes the last at once. What came of it is kept in
 * `node_modules/.mixnas-setup.json`, which `mixnas doctor` reads, as npm hides what a script prints.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BuildFailure, build } from './setup/build.mjs';
import { builtFolders, cacheFolder, packagePath } from './setup/cache.mjs';
import native from './setup/native.cjs';
import { probe } from './setup/probe.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const say = (line) => process.stderr.write(`mixnas: ${line}\n`);

/** tfjs-node as Node finds it from our package, wherever npm put it. */
function installedPath() {
  try {
    return dirname(createRequire(join(root, 'package.json')).resolve('@tensorflow/tfjs-node/package.json'));
  } catch {
    return undefined; // npm drops an optional dependency whose install script failed
  }
}

/** A checked build in the cache, or undefined. */
function builtPath(version) {
  for (const folder of builtFolders(version)) {
    const fault = native.faultOf(folder);
    if (fault === undefined) return join(folder, packagePath);
    say(`${folder} is broken (${fault})`);
  }
  return undefined;
}

/** Lets Node find a build from our package. Where that cannot be, the runtime finds it in the cache. */
function link(path) {
  const place = join(root, packagePath);
  try {
    mkdirSync(dirname(place), { recursive: true });
    rmSync(place, { recursive: true, force: true });
    symlinkSync(path, place, 'dir');
  } catch (error) {
    say(`could not link ${place}: ${error.message}`);
  }
}

/** The ladder; returns what `.mixnas-setup.json` will hold. */
async function climb() {
  const portable = (reason, climb, more = {}) => ({ rung: 'portable', reason, climb, ...more });
  const asked = process.env.MIXNAS_BACKEND;
  if (asked === 'portable' || asked === 'cpu') {
    return portable(`MIXNAS_BACKEND is ${asked}`, 'unset MIXNAS_BACKEND and run npm install again');
  }
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version = optionalDependencies['@tensorflow/tfjs-node'];

  // Our own link from an earlier install leads to the cache, whose build is checked below.
  const isLinked = lstatSync(join(root, packagePath), { throwIfNoEntry: false })?.isSymbolicLink();
  const installed = isLinked ? undefined : installedPath();
  let crashed = [];
  if (installed) {
    const { tensorflow, fault, crashed: died } = probe(installed);
    if (tensorflow) return { rung: 'tfjs-node', path: installed, tensorflow };
    say(`the installed tfjs-node does not load: ${fault}`);
    if (died) crashed = [installed];
  }
  if (process.platform !== 'linux' && process.platform !== 'darwin') {
    return portable('tfjs-node is built on Linux and macOS only', 'get its own install script to run', {
      crashed,
    });
  }
  try {
    const path = builtPath(version);
    if (path) {
      const { tensorflow, fault, crashed: died } = probe(path);
      if (tensorflow) {
        link(path);
        return { rung: 'built', path, tensorflow };
      }
      return portable(
        `the built tfjs-node does not run: ${fault}`,
        `remove ${path} and run npm install again`,
        {
          crashed: died ? [...crashed, realpathSync(path)] : crashed,
        },
      );
    }
    const made = await build(version, say);
    link(join(made.folder, packagePath));
    return { rung: 'built', path: join(made.folder, packagePath), tensorflow: made.tensorflow };
  } catch (error) {
    const failure =
      error instanceof BuildFailure ? error : new BuildFailure(error.message, 'run npm install again');
    let log;
    if (failure.output) {
      log = join(cacheFolder(), 'setup.log');
      writeFileSync(log, failure.output);
    }
    return portable(failure.message, failure.climb, { crashed, log });
  }
}

try {
  const status = await climb();
  if (status.rung === 'portable') {
    say(`backend: portable (WebAssembly), not TensorFlow: ${status.reason}.`);
    say(`for TensorFlow, which is several times faster: ${status.climb}.`);
    if (status.log) say(`the log is ${status.log}`);
  } else {
    say(`backend: TensorFlow ${status.tensorflow}, from ${status.path}.`);
  }
  const folder = join(root, 'node_modules');
  if (!existsSync(folder)) mkdirSync(folder);
  const record = { ...status, node: process.versions.node, at: new Date().toISOString() };
  writeFileSync(join(folder, '.mixnas-setup.json'), `${JSON.stringify(record, null, 2)}\n`);
} catch (error) {
  say(`the set-up of a backend failed (${error.message}); the portable one is used.`);
}
