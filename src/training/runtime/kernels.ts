/**
 * Our own TensorFlow kernels (`kernels/*.c`): built with the system's C compiler the first time they are
 * wanted, kept in the cache, and registered with the TensorFlow that is loaded. Without a compiler
 * training runs on TensorFlow's kernels alone, slower.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, platform } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, messageOf, packageRoot, shortHash } from '../../base/index.js';

const require = createRequire(import.meta.url);

/** Whether our kernels are there, and if not, why. */
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
      : { loaded: false, reason: 'This TensorFlow does not take kernels.' };
  } catch (error) {
    return { loaded: false, reason: messageOf(error) };
  }
}

/** The path of the add-on; builds it where the cache has none of this source, compiler flags and processor. */
function build(): string {
  const folder = join(packageRoot(), 'kernels');
  const files = readdirSync(folder).toSorted();
  const source = files.map((name) => readFileSync(join(folder, name), 'utf8'));
  const key = shortHash(JSON.stringify([source, flags, arch(), cpus()[0]?.model, cpuFeatures()]));
  const addon = join(cacheFolder(), 'kernels', `${key}.node`);
  if (existsSync(addon)) return addon;
  mkdirSync(join(cacheFolder(), 'kernels'), { recursive: true });
  const temporary = `${addon}.${process.pid}.tmp`;
  const sources = files.filter((name) => name.endsWith('.c')).map((name) => join(folder, name));
  const compiler = process.env['CC'] || 'cc';
  try {
    const run = spawnSync(compiler, [...flags, '-o', temporary, ...sources, '-lm'], { encoding: 'utf8' });
    if (run.error) throw new Error(`There is no C compiler (${compiler}).`);
    if (run.status !== 0) throw new Error(`${compiler} failed: ${run.stderr.trim().split('\n')[0]}`);
    renameSync(temporary, addon); // whole or not there at all, also when two processes build at once
  } finally {
    rmSync(temporary, { force: true });
  }
  return addon;
}

/** What the processor can do; virtual machines give one model name to several. */
function cpuFeatures(): string {
  try {
    return /^(?:flags|Features)\s*:.*$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[0] ?? '';
  } catch {
    return '';
  }
}
