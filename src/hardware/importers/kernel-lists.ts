/** The device kernels of whole networks from mobile-ml-benchmark's rows, without their times. */
import { launchedAs } from '../algorithms.js';
import { type Kernel, kernelKey } from '../kernel.js';
import type { Profile } from '../profile/index.js';
import { type ImportedLaunch, importGpuOps } from './gpu-csv.js';
import { impliedAfter } from './implied.js';
import { Keeping } from './limits.js';
import { separateKernels } from './separate.js';

type Launched = Omit<ImportedLaunch, 'network' | 'us'>;

const isNamed = ({ merged, skipped }: Launched) => merged.length > 0 || skipped > 0;

function withImplied(list: readonly Launched[]): Kernel[] {
  return list.flatMap(({ kernel }, i) => {
    const implied = impliedAfter(list, i);
    return implied ? [kernel, implied] : [kernel];
  });
}

/**
 * Every launch of each network, including those without a row; on a CPU what a GPU merges runs by itself. Equal device
 * kernels are one object.
 * @throws MixnasError `bad-data` that names line and column.
 */
export function kernelLists(
  lines: Iterable<string>,
  what: string,
  { mapping, unit }: Pick<Profile, 'mapping' | 'unit'>,
): Map<string, Kernel[]> {
  const known = new Map<string, Kernel>();
  const networks = new Map<string, Launched[]>();
  const keeping = new Keeping(what);
  for (const { network, kernel, us: _, ...rest } of importGpuOps(lines, what, [])) {
    const key = kernelKey(kernel);
    const shared = known.get(key) ?? kernel;
    known.set(key, shared);
    const list = networks.get(network) ?? [];
    networks.set(network, list);
    keeping.launch();
    list.push({ ...rest, kernel: shared });
  }
  return new Map(
    [...networks].map(([name, list]) => {
      const kernels = unit === 'CPU' && list.some(isNamed) ? separateKernels(list) : withImplied(list);
      return [name, kernels.map((kernel) => launchedAs(kernel, mapping))];
    }),
  );
}
