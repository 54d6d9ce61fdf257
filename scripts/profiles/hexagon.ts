/** Qualcomm AI Hub's end-to-end times of ImageNet classifiers on Hexagon NPUs, as measurements in our format. */
import { type Kernel, kernelRow, type Measurements, csvRows } from '../../src/hardware/index.js';
import { kernelOfListedOp, type ListedOp } from './networks.js';

/** Chipsets, and how devices of them begin. Others are listed twice, or ran too few of the networks. */
const chips = {
  'QCS8550 (8 Gen 2 class)': 'hexagon-8gen2',
  'Snapdragon 8 Gen 3': 'hexagon-8gen3',
  'Snapdragon 8 Elite (Galaxy)': 'hexagon-8elite',
  'Snapdragon 8 Elite Gen 5': 'hexagon-8elite-gen5',
  'QCS8450 (8 Gen 1 class)': 'hexagon-8gen1',
  QCS9075: 'hexagon-qcs9075',
  QCS8275: 'hexagon-qcs8275',
  SA8295P: 'hexagon-sa8295p',
  SA8775P: 'hexagon-sa8775p',
  'Snapdragon X Elite': 'hexagon-x-elite',
  'Snapdragon X2 Elite': 'hexagon-x2-elite',
} as const;
const runtimes = ['tflite', 'qnn_dlc', 'onnx'] as const;
/** Profiles are of TensorFlow Lite; the other runtimes help to find what kernels cost. */
const settings = Object.entries(chips).flatMap(([chipset, name]) =>
  runtimes.map((runtime) => ({ chipset, runtime, name: runtime === 'tflite' ? name : `${name}-${runtime}` })),
);

/**
 * efficientnet_b4 is listed at its paper's 380 pixels, but its times are twice those of efficientnet_b0, which has a
 * tenth of the multiplications; at 224, where AI Hub runs classifiers, both fit.
 */
const at224 = (list: readonly ListedOp[], name: string): readonly ListedOp[] => {
  if (name !== 'efficientnet_b4') return list;
  const stage = new Map([
    [380, 224],
    [190, 112],
    [95, 56],
    [48, 28],
    [24, 14],
    [12, 7],
  ]);
  const size = (pixels: number) => stage.get(pixels) ?? pixels;
  return list.map((op) => ({ ...op, H: size(op.H), Hout: size(op.Hout) }));
};

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
  const none = settings.map((): number | null => null);
  for (const row of csvRows(read('hexagon_e2e.csv').split('\n'), 'hexagon_e2e.csv', columns)) {
    const column = settings.findIndex(
      ({ chipset, runtime }) => chipset === row.text('chipset') && runtime === row.text('runtime'),
    );
    const name = row.text('model_dir');
    const isWanted = row.text('precision') === 'float' && row.text('status') === 'Passed';
    if (column < 0 || !isWanted || lists[name] === undefined) continue;
    const list = times.get(name) ?? [...none];
    times.set(name, list);
    list[column] = row.number('inference_time_us');
    const peaks = memory.get(name) ?? [...none];
    memory.set(name, peaks);
    if (phones.has(row.text('chipset'))) peaks[column] = row.number('peak_mem_max_bytes');
  }
  const networks = [...times].map(([name, endToEndUs]) => ({
    name,
    launches: at224(lists[name] as ListedOp[], name).map((op) => ({
      kernel: index(kernelOfListedOp(op)),
      us: [],
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
    devices: settings.map(({ name }) => name),
    kernels,
    networks,
  };
}
