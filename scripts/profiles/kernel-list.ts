/** What the makers of measurements share: device kernels, each listed once, and what mobile-ml-benchmark's files hold. */
import {
  type ImportedLaunch,
  type Kernel,
  type Measurements,
  importGpuOps,
  kernelRow,
} from '../../src/hardware/index.js';

/** A list of device kernels that grows, and the place of each in it. */
export function kernelList() {
  const kernels: Measurements['kernels'] = [];
  const places = new Map<string, number>();
  const index = (kernel: Kernel): number => {
    const shape = kernelRow(kernel);
    const key = `${kernel.op} ${shape.join(' ')}`;
    const place = places.get(key) ?? kernels.push({ op: kernel.op, shape }) - 1;
    places.set(key, place);
    return place;
  };
  return { kernels, index };
}

/** Families by network, and the timed operators of each network, of mobile-ml-benchmark. */
export function benchmarkNetworks(read: (name: string) => string, prefixes: readonly string[]) {
  const listed = JSON.parse(read('families.json')) as Record<string, string[]>;
  const families = new Map(
    Object.entries(listed).flatMap(([family, models]) => models.map((model) => [model, family] as const)),
  );
  const launches = new Map<string, ImportedLaunch[]>();
  for (const launch of importGpuOps(read('gpu_ops.csv').split('\n'), 'gpu_ops.csv', prefixes)) {
    const list = launches.get(launch.network);
    if (list) list.push(launch);
    else launches.set(launch.network, [launch]);
  }
  return { families, launches };
}
