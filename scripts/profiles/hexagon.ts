/** Qualcomm AI Hub's end-to-end times of ImageNet classifiers on Hexagon NPUs, as measurements in our format. */
import { type Kernel, kernelRow, type Measurements, csvRows } from '../../src/hardware/index.js';
import { kernelOfListedOp, type ListedOp } from './networks.js';

/** Chipsets, and the profiles they are for. */
const devices = {
  'QCS8550 (8 Gen 2 class)': 'hexagon-8gen2',
  'Snapdragon 8 Gen 3': 'hexagon-8gen3',
  'Snapdragon 8 Elite (Galaxy)': 'hexagon-8elite',
} as const;
const chipsets = Object.keys(devices);
/** The peaks of proxy devices are those of a server, in which the network does not run. */
const phones = new Set(['Snapdragon 8 Gen 3', 'Snapdragon 8 Elite (Galaxy)']);

export function hexagonMeasurements(read: (name: string) => string): Measurements {
  const lists = JSON.parse(read('op_lists.json')) as Record<string, ListedOp[]>;
  const kernels: Measurements['kernels'] = [];
  const indexOf = new Map<string, number>();
  const index = (kernel: Kernel): number => {
    const key = JSON.stringify(kernel);
    const known = indexOf.get(key);
    if (known !== undefined) return known;
    indexOf.set(key, kernels.length);
    return kernels.push({ op: kernel.op, shape: kernelRow(kernel) }) - 1;
  };
  const times = new Map<string, (number | null)[]>();
  const memory = new Map<string, (number | null)[]>();
  const columns = [
    'model_dir',
    'precision',
    'chipset',
    'runtime',
    'status',
    'inference_time_us',
    'peak_mem_max_bytes',
  ];
  for (const row of csvRows(read('hexagon_e2e.csv').split('\n'), 'hexagon_e2e.csv', columns)) {
    const column = chipsets.indexOf(row.text('chipset'));
    const wanted =
      row.text('runtime') === 'tflite' &&
      row.text('precision') === 'float' &&
      row.text('status') === 'Passed';
    if (column < 0 || !wanted || lists[row.text('model_dir')] === undefined) continue;
    const list = times.get(row.text('model_dir')) ?? chipsets.map(() => null);
    times.set(row.text('model_dir'), list);
    list[column] = row.number('inference_time_us');
    const peaks = memory.get(row.text('model_dir')) ?? chipsets.map(() => null);
    memory.set(row.text('model_dir'), peaks);
    if (phones.has(row.text('chipset'))) peaks[column] = row.number('peak_mem_max_bytes');
  }
  const networks = [...times].map(([name, endToEndUs]) => ({
    name,
    launches: (lists[name] as ListedOp[]).map((op) => ({
      kernel: index(kernelOfListedOp(op)),
      us: chipsets.map(() => null),
    })),
    endToEndUs,
    peakBytes: memory.get(name) as (number | null)[],
  }));
  return {
    format: 'mixnas-measurements',
    version: 1,
    source: {
      title: 'qualcomm/ai-hub-models v0.47.0: measured inference times; op lists of the networks are ours',
      url: 'https://github.com/quic/ai-hub-models',
      licence: 'BSD-3-Clause',
      kind: 'measured',
    },
    devices: Object.values(devices),
    kernels,
    networks,
  };
}
