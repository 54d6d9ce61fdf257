/**
 * Our own TensorFlow device kernels (`kernels/*.c`): built with the system's C compiler the first time they are
 * wanted, kept in the cache, and registered with the TensorFlow that is loaded. Without a compiler
 * training runs on TensorFlow's device kernels alone, slower.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, platform } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, messageOf, packageRoot, shortHash } from '../../base/index.js';
import { native } from './native.js';

const require = createRequire(import.meta.url);

/** Whether our device kernels are there, and if not, why. */
export type KernelStatus = { readonly loaded: true } | { readonly loaded: false; readonly reason: string };

/** No `-ffast-math`: sums keep their order, and NaN stays NaN. */
const flags = [
  '-O3',
  ...(arch() === 'x64' ? ['-march=native', '-mprefer-vector-width=512'] : ['-mcpu=native']),
  '-fno-math-errno',
  '-fno-trapping-math',
  '-fopenmp',
  '-fPIC',
  '-shared',
];

/**
 * Loads the kernels into this process; TensorFlow must be loaded. Turned off by `MIXNAS_KERNELS=off`.
 * Never throws: what goes wrong is the reason in the result.
 */
export function loadKernels(): KernelStatus {
  if (process.env['MIXNAS_KERNELS'] === 'off') return { loaded: false, reason: 'MIXNAS_KERNELS is off.' };
  if (platform() !== 'linux') return { loaded: false, reason: 'They are built on Linux only.' };
  try {
    const addon = build();
    process.env['OMP_WAIT_POLICY'] ??= 'passive';
    const accepted: unknown = require(addon);
    return accepted === true
      ? { loaded: true }
      : { loaded: false, reason: 'This TensorFlow does not accept device kernels.' };
  } catch (error) {
    return { loaded: false, reason: messageOf(error) };
  }
}

const addonName = 'kernels.node';

/** The path of the add-on; builds it where the cache has none of this source, compiler flags and processor. */
function build(): string {
  const folder = join(packageRoot(), 'kernels');
  const files = readdirSync(folder).toSorted();
  const source = files.map((name) => readFileSync(join(folder, name), 'utf8'));
  const key = shortHash(JSON.stringify([source, flags, arch(), cpus()[0]?.model, cpuFeatures()]));
  const name = `kernels-${key}`;
  const place = join(cacheFolder(), name);
  if (existsSync(place) && native.faultOf(place) === undefined) return join(place, addonName);
  const building = native.openBuildFolder(cacheFolder());
  const sources = files.filter((file) => file.endsWith('.c')).map((file) => join(folder, file));
  const compiler = process.env['CC'] || 'cc';
  const umask = process.umask(0o077);
  try {
    const command = [...flags, '-o', join(building, addonName), ...sources, '-lm'];
    const run = spawnSync(compiler, command, { encoding: 'utf8' });
    if (run.error) throw new Error(`There is no C compiler (${compiler}).`);
    if (run.status !== 0) throw new Error(`${compiler} failed: ${run.stderr.trim().split('\n')[0]}`);
    native.writeManifest(building, [addonName]);
    // Whole or not there at all, also when two processes build at once.
    return join(native.publish(building, name), addonName);
  } finally {
    process.umask(umask);
    rmSync(building, { recursive: true, force: true });
  }
}

/** What the processor can do; virtual machines give one model name to several. */
function cpuFeatures(): string {
  try {
    return /^(?:flags|Features)\s*:.*$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[0] ?? '';
  } catch {
    return '';
  }
}
