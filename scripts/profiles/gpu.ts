/** mobile-ml-benchmark's CSV files as measurements in our format. */
import { type Measurements, impliedAfter, importGpuEndToEnd } from '../../src/hardware/index.js';
import { benchmarkNetworks, kernelList } from './kernel-list.js';

/** Column prefixes of the CSV files, and the profiles they are for. */
const devices = {
  mali_g76: 'mali-g76',
  adreno640: 'adreno-640',
  adreno616: 'adreno-616',
  powervr_ge8320: 'powervr-ge8320',
  apple_a10: 'apple-a10-gpu',
  apple_a12: 'apple-a12-gpu',
} as const;
const prefixes = Object.keys(devices);

export function gpuMeasurements(read: (name: string) => string): Measurements {
  const { kernels, index } = kernelList();
  const { families, launches: imported } = benchmarkNetworks(read, prefixes);
  const untimed: (number | null)[] = prefixes.map(() => null);
  const networks = new Map<string, Measurements['networks'][number]>();
  for (const [name, list] of imported) {
    const family = families.get(name);
    const launches = list.flatMap(({ kernel, us }, i) => {
      const implied = impliedAfter(list, i);
      const launch = { kernel: index(kernel), us: [...us] as (number | null)[] };
      return implied ? [launch, { kernel: index(implied), us: [...untimed] }] : [launch];
    });
    networks.set(name, { name, ...(family ? { family } : {}), launches });
  }
  prefixes.forEach((prefix, device) => {
    for (const row of importGpuEndToEnd(read('gpu_e2e.csv').split('\n'), 'gpu_e2e.csv', prefix)) {
      const network = networks.get(row.network);
      if (network === undefined) continue;
      (network.endToEndUs ??= [...untimed])[device] = row.meanUs;
      (network.deviationUs ??= [...untimed])[device] = row.deviationUs;
    }
  });
  return {
    format: 'mixnas-measurements',
    version: 1,
    source: {
      title:
        'mobile-ml-benchmark: Li, Paolieri, Golubchik, "A Benchmark for ML Inference Latency on Mobile Devices", EdgeSys 2024, commit 40ba833',
      url: 'https://github.com/qed-usc/mobile-ml-benchmark',
      licence: 'MIT',
      kind: 'measured',
    },
    devices: Object.values(devices),
    kernels,
    networks: [...networks.values()],
  };
}
