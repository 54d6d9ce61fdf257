/** What this machine is: processor, memory, disks. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { freeBytes } from '../../base/index.js';

/** Processor and memory. */
export interface Machine {
  readonly cpu: string;
  /** Those that this process may use. */
  readonly cores: number;
  /** Instruction sets that tensor libraries make use of, as the system calls them. */
  readonly features: readonly string[];
  /** What this process may use: the container's limit where there is one. */
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
}

/** A folder, the room on its disk, and what it holds. */
export interface Folder {
  readonly folder: string;
  readonly freeBytes: number;
  readonly entries: readonly { readonly name: string; readonly bytes: number }[];
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    features: cpuFeatures(),
    memoryBytes: Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY),
    freeMemoryBytes: freemem(),
  };
}

/** Describes a folder, which need not exist. */
export function describeFolder(folder: string): Folder {
  const names = existsSync(folder) ? readdirSync(folder).toSorted() : [];
  const entries = names.map((name) => ({ name, bytes: bytesIn(join(folder, name)) }));
  return { folder, freeBytes: freeBytes(folder), entries };
}

const usefulFeatures =
  'sse4_2 avx avx2 fma f16c avx512f avx512bw avx512_vnni avx512_bf16 amx_tile asimd asimdhp asimddp sve i8mm bf16';

function cpuFeatures(): string[] {
  const words = new Set(cpuFlags().split(/\s+/));
  return usefulFeatures.split(' ').filter((feature) => words.has(feature));
}

function cpuFlags(): string {
  try {
    if (process.platform === 'linux') {
      return /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
    }
    if (process.platform === 'darwin' && process.arch === 'x64') {
      const names = ['machdep.cpu.features', 'machdep.cpu.leaf7_features'];
      const text = execFileSync('sysctl', ['-n', ...names], { encoding: 'utf8' }).toLowerCase();
      return text.replaceAll('avx1.0', 'avx').replaceAll('sse4.2', 'sse4_2');
    }
  } catch {
    // Not known: a diagnosis without this line is better than none.
  }
  return '';
}

/** The size of a file, or of all files below a folder; 0 for what vanishes meanwhile. */
function bytesIn(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat?.size ?? 0;
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((a, b) => a + b, 0);
}
