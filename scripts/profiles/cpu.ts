/** mobile-ml-benchmark's end-to-end times on CPUs as measurements in our format, and the profiles' heads. */
import { type Measurements, importGpuEndToEnd, separateKernels } from '../../src/hardware/index.js';
import { benchmarkNetworks, kernelList } from './kernel-list.js';
import type { Described } from './descriptions.js';

/** A phone of cpu_e2e.csv: its cores by their names there and in profiles, and how many of each run together. */
interface Phone {
  readonly column: string;
  readonly name: string;
  readonly device: string;
  readonly chip: string;
  readonly bandwidthGBs: number;
  readonly cores: Readonly<Record<string, { readonly name: string; readonly is: string }>>;
  readonly settings: readonly string[];
}

const cores = (large: string, med: string | undefined, small: string | undefined) => ({
  large: { name: 'big', is: large },
  ...(med === undefined ? {} : { med: { name: 'middle', is: med } }),
  ...(small === undefined ? {} : { small: { name: 'small', is: small } }),
});
const upTo = (most: number, core: string) => Array.from({ length: most }, (_, i) => `${i + 1}${core}`);

const phones: readonly Phone[] = [
  {
    column: 'pixel4',
    name: 'pixel4',
    device: 'Google Pixel 4',
    chip: 'Snapdragon 855',
    bandwidthGBs: 34.1,
    cores: cores('Cortex-A76 2.84 GHz', 'Cortex-A76 2.42 GHz', 'Cortex-A55 1.79 GHz'),
    settings: ['1large', ...upTo(3, 'med'), '1large1med', ...upTo(4, 'small')],
  },
  {
    column: 's10',
    name: 'galaxy-s10',
    device: 'Samsung Galaxy S10',
    chip: 'Exynos 9820',
    bandwidthGBs: 34.1,
    cores: cores('Exynos M4 2.73 GHz', 'Cortex-A75 2.31 GHz', 'Cortex-A55 1.95 GHz'),
    settings: [...upTo(2, 'large'), ...upTo(2, 'med'), '1large2med', ...upTo(4, 'small')],
  },
  {
    column: 'mi8se',
    name: 'mi8se',
    device: 'Xiaomi Mi 8 SE',
    chip: 'Snapdragon 710',
    bandwidthGBs: 14.9,
    cores: cores('Cortex-A75 2.2 GHz', undefined, 'Cortex-A55 1.7 GHz'),
    settings: [...upTo(2, 'large'), ...upTo(6, 'small')],
  },
  {
    column: 'a03s',
    name: 'galaxy-a03s',
    device: 'Samsung Galaxy A03s',
    chip: 'Helio P35',
    bandwidthGBs: 12.8,
    cores: cores('Cortex-A53 2.3 GHz', undefined, 'Cortex-A53 1.8 GHz'),
    settings: [...upTo(4, 'large'), ...upTo(4, 'small')],
  },
  {
    column: 'iphone7',
    name: 'iphone-7',
    device: 'iPhone 7',
    chip: 'Apple A10',
    bandwidthGBs: 25.6,
    cores: cores('Hurricane 2.34 GHz', undefined, undefined),
    settings: upTo(2, 'large'),
  },
  {
    column: 'iphonexs',
    name: 'iphone-xs',
    device: 'iPhone XS',
    chip: 'Apple A12',
    bandwidthGBs: 34.1,
    cores: cores('Vortex 2.49 GHz', undefined, 'Tempest 1.59 GHz'),
    settings: [...upTo(2, 'large'), ...upTo(4, 'small')],
  },
];

const precisions = { float: 'fp32', quant: 'int8' } as const;

const source = {
  title:
    'mobile-ml-benchmark: Li, Paolieri, Golubchik, "A Benchmark for ML Inference Latency on Mobile Devices", EdgeSys 2024, commit 40ba833',
  url: 'https://github.com/qed-usc/mobile-ml-benchmark',
  licence: 'MIT',
  kind: 'measured',
} as const;

/** One setting of one phone: a column of the file, and a profile. */
interface Setting {
  readonly prefix: string;
  readonly description: Described;
}

/** `1large2med` as the parts of a name and of a sentence. */
function coresOf({ cores: known, name }: Phone, setting: string) {
  const parts = [...setting.matchAll(/(\d)([a-z]+)/g)].map(([, count, core = '']) => {
    const found = known[core];
    if (found === undefined) throw new Error(`${name} has no core ${core}`);
    return { count: Number(count), ...found };
  });
  const threads = parts.reduce((sum, { count }) => sum + count, 0);
  return {
    name: `${parts.map((part) => part.name).join('-')}-${threads}t`,
    text: parts.map(({ count, is }) => `${count > 1 ? `${count} x ` : ''}${is}`).join(' and '),
    threads,
  };
}

const settings: readonly Setting[] = phones.flatMap((phone) =>
  Object.entries(precisions).flatMap(([words, precision]) =>
    phone.settings.map((setting): Setting => {
      const { name, text, threads } = coresOf(phone, setting);
      const several =
        threads > 1 ? ['Several cores share the work unevenly: errors are larger than on one.'] : [];
      return {
        prefix: `${phone.column}|${setting}|${words}|`,
        description: {
          name: `${phone.name}-cpu-${name}-${precision === 'int8' ? 'int8' : 'float'}`,
          device: phone.device,
          chip: `${phone.chip}, CPU (${text})`,
          unit: 'CPU',
          runtime: { name: `TensorFlow Lite, ${threads === 1 ? 'one thread' : `${threads} threads`}` },
          precision,
          bytesPerValue: precision === 'int8' ? 1 : 4,
          date: '2024',
          sources: [{ ...source }],
          channelGranularity: 4,
          memory: { bandwidthGBs: phone.bandwidthGBs },
          mapping: {
            fusedActivations: ['relu', 'relu6'],
            fusesAdd: false,
            wholeActivations: ['hswish'],
            grouped: 'parts',
            slice: 'copy',
            concat: 'copy',
          },
          notes: [
            'Fitted from end-to-end times of 96 networks: no device kernel was timed by itself.',
            'A grouped convolution that is one op takes ten times as long as its parts on this runtime; layer graphs are priced as parts, as `mixnas export` writes them.',
            'channelGranularity: on 96 networks, counting channels in fours predicts as well as or better than in eights.',
            'Depthwise windows above 7, dilation, splits and logistic functions of whole maps were in none of them: they are extrapolated.',
            'memory.bandwidthGBs is the peak of the memory interface by the chip maker, not measured.',
            ...several,
          ],
          data: 'mobile-ml-benchmark-cpu',
        },
      };
    }),
  ),
);

/** The heads of the CPUs' profiles. */
export const cpuDescriptions: readonly Described[] = settings.map(({ description }) => description);

export function cpuMeasurements(read: (name: string) => string): Measurements {
  const { kernels, index } = kernelList();
  const { families, launches: imported } = benchmarkNetworks(read, []);
  const networks = new Map(
    [...imported].map(([name, list]) => {
      const family = families.get(name);
      const launches = separateKernels(list).map((kernel) => ({ kernel: index(kernel), us: [] }));
      const network: Measurements['networks'][number] = { name, ...(family ? { family } : {}), launches };
      return [name, network];
    }),
  );
  const end = read('cpu_e2e.csv').split('\n');
  settings.forEach(({ prefix }, column) => {
    for (const row of importGpuEndToEnd(end, 'cpu_e2e.csv', prefix)) {
      const network = networks.get(row.network);
      if (network === undefined) continue;
      (network.endToEndUs ??= settings.map(() => null))[column] = row.meanUs;
      (network.deviationUs ??= settings.map(() => null))[column] = row.deviationUs;
    }
  });
  return {
    format: 'mixnas-measurements',
    version: 1,
    source: { ...source },
    devices: cpuDescriptions.map(({ name }) => name),
    kernels,
    networks: [...networks.values()],
  };
}
