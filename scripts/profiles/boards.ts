/** NetsPresso's end-to-end times of classification networks on boards, as measurements in our format. */
import {
  csvRows,
  type Kernel,
  type MappingRules,
  mapKernels,
  type Measurements,
  type ProfileDescription,
} from '../../src/hardware/index.js';
import { kernelList } from './kernel-list.js';
import { lower, referenceArchitecture } from '../../src/models/index.js';
import { efficientFormer, kernelOfListedOp, type ListedOp, resNet } from './networks.js';

const classes = 3;
const resolution = 224;

/** The networks whose ops are known: of the transformers in the table none is. */
const networks: Readonly<Record<string, { readonly reference: string } | { readonly ops: ListedOp[] }>> = {
  'MobileNetV3-small': { reference: 'mobilenet-v3-small' },
  'MobileNetV3-large': { reference: 'mobilenet-v3-large' },
  ResNet18: { ops: resNet('basic', [2, 2, 2, 2], classes) },
  ResNet34: { ops: resNet('basic', [3, 4, 6, 3], classes) },
  'EfficientFormer-l1': { ops: efficientFormer(classes) },
  ResNet50: { ops: resNet('bottleneck', [3, 4, 6, 3], classes) },
};

export const boardSource = {
  title:
    'NetsPresso trainer, benchmarks of classification networks with three classes on boards, commit cdefe125; op lists of the networks are ours',
  url: 'https://github.com/Nota-NetsPresso/netspresso-trainer',
  licence: 'Apache-2.0',
  kind: 'measured',
} as const;

/** A listed network as its device kernels; where the runtime merges additions, they are in the kernel before. */
function listedKernels(ops: readonly ListedOp[], { fusesAdd }: MappingRules): Kernel[] {
  const kernels: Kernel[] = [];
  for (const op of ops) {
    const before = kernels.at(-1);
    if (op.op === 'add' && fusesAdd && before) kernels[kernels.length - 1] = { ...before, fused: 1 };
    else kernels.push(kernelOfListedOp(op));
  }
  return kernels;
}

function kernelsOf(model: string, rules: MappingRules): readonly Kernel[] | undefined {
  const network = networks[model];
  if (network === undefined) return undefined;
  if ('ops' in network) return listedKernels(network.ops, rules);
  const graph = lower(referenceArchitecture(network.reference), { resolution, classes });
  return mapKernels(graph, rules);
}

/** A board of the table, and its profile. */
export interface Board {
  readonly description: ProfileDescription;
  /** What the table calls it. */
  readonly device: string;
  /** The file of profiles/data. */
  readonly data: 'boards-cpu' | 'boards-gpu';
  /** The profile of a device that computes alike; absent: a GPU with tensor cores. */
  readonly base?: string;
  /** Networks of the table that are not used. */
  readonly without: readonly string[];
}

const cpuRules: MappingRules = {
  fusedActivations: ['relu', 'relu6'],
  fusesAdd: false,
  wholeActivations: ['hswish'],
  grouped: 'parts',
  slice: 'copy',
  concat: 'copy',
};
const gpuRules: MappingRules = {
  fusedActivations: ['relu', 'relu6', 'swish', 'hswish', 'sigmoid', 'hsigmoid'],
  fusesAdd: true,
  grouped: 'parts',
  slice: 'copy',
  concat: 'copy',
};

const common = { date: '2024', sources: [{ ...boardSource }] };
/** With its error functions the network runs at a fraction of the others' speed in floating point, on GPUs and on the A72. */
const withoutFormer = ['EfficientFormer-l1'];

function pi(
  model: string,
  name: string,
  chip: string,
  precision: 'fp16' | 'int8',
  base: string,
  without: readonly string[] = withoutFormer,
): Board {
  const few = precision === 'int8' ? 'two or three' : 'five';
  return {
    device: `Raspberry Pi ${model}`,
    data: 'boards-cpu',
    base,
    without,
    description: {
      ...common,
      name: `raspberry-pi-${name}-cpu-${precision}`,
      device: `Raspberry Pi ${model.replace('PLUS', '+').replace('3B +', '3B+')}`,
      chip,
      unit: 'CPU',
      runtime: { name: 'TensorFlow Lite' },
      precision,
      bytesPerValue: precision === 'int8' ? 1 : 4,
      mapping: structuredClone(cpuRules),
      channelGranularity: 4,
      notes: [
        `Only ${few} networks were measured: the prices are those of ${base}, with a factor each for convolutions, depthwise convolutions and the rest.`,
        ...(precision === 'fp16'
          ? ['fp16 is what weights are stored in; it computes in single precision.']
          : []),
        'The number of threads is not stated.',
        'channelGranularity is that of the profile it is made from.',
      ],
    },
  };
}

const jetson = (device: string, name: string, chip: string): Board => ({
  device,
  data: 'boards-gpu',
  without: withoutFormer,
  description: {
    ...common,
    name: `${name}-gpu-fp16`,
    device: `NVIDIA ${device}`,
    chip,
    unit: 'GPU',
    runtime: { name: 'TensorRT' },
    precision: 'fp16',
    bytesPerValue: 2,
    mapping: structuredClone(gpuRules),
    notes: [
      'Only five networks were measured: what they do not say is held near what such GPUs usually cost. Good for ranking.',
    ],
  },
});

const a53 = 'galaxy-a03s-cpu-small-4t';

/** Every board that a profile is made of. */
export const boards: readonly Board[] = [
  pi('5', '5', 'BCM2712, Cortex-A76 2.4 GHz', 'fp16', 'pixel4-cpu-middle-1t-float'),
  pi('4B', '4b', 'BCM2711, Cortex-A72', 'fp16', 'galaxy-s10-cpu-middle-1t-float'),
  pi('4B', '4b', 'BCM2711, Cortex-A72', 'int8', 'mi8se-cpu-big-1t-int8'),
  pi('3B PLUS', '3b-plus', 'BCM2837B0, Cortex-A53 1.4 GHz', 'fp16', `${a53}-float`),
  pi('3B PLUS', '3b-plus', 'BCM2837B0, Cortex-A53 1.4 GHz', 'int8', `${a53}-int8`, []),
  pi('Zero 2 W', 'zero-2-w', 'RP3A0, Cortex-A53 1 GHz', 'fp16', `${a53}-float`),
  pi('Zero 2 W', 'zero-2-w', 'RP3A0, Cortex-A53 1 GHz', 'int8', `${a53}-int8`, []),
  jetson('Jetson Orin Nano', 'jetson-orin-nano', 'Orin, Ampere GPU'),
  jetson('Jetson AGX Orin', 'jetson-agx-orin', 'Orin, Ampere GPU'),
  jetson('Jetson Nano', 'jetson-nano', 'Tegra X1, Maxwell GPU'),
  jetson('Jetson NX', 'jetson-xavier-nx', 'Xavier, Volta GPU'),
  jetson('Jetson TX2', 'jetson-tx2', 'Tegra X2, Pascal GPU'),
  jetson('Jetson Xavier', 'jetson-agx-xavier', 'Xavier, Volta GPU'),
];

/** The measurements of one file: networks become device kernels by the same rules on all its boards. */
export function boardMeasurements(read: (name: string) => string, data: Board['data']): Measurements {
  const mine = boards.filter((board) => board.data === data);
  const rules = data === 'boards-cpu' ? cpuRules : gpuRules;
  const { kernels, index } = kernelList();
  const measured = new Map<string, Measurements['networks'][number]>();
  const columns = ['device', 'precision', 'model', 'latency_ms'];
  for (const row of csvRows(read('boards_e2e.csv').split('\n'), 'boards_e2e.csv', columns)) {
    const model = row.text('model');
    const column = mine.findIndex(
      ({ device, description, without }) =>
        device === row.text('device') &&
        description.precision === row.text('precision') &&
        !without.includes(model),
    );
    const list = kernelsOf(model, rules);
    if (column < 0 || list === undefined || row.text('latency_ms') === '-') continue;
    const network = measured.get(model) ?? {
      name: model,
      launches: list.map((kernel) => ({ kernel: index(kernel), us: [] })),
      endToEndUs: mine.map(() => null),
    };
    measured.set(model, network);
    (network.endToEndUs as (number | null)[])[column] = 1000 * row.positive('latency_ms');
  }
  return {
    format: 'mixnas-measurements',
    version: 1,
    source: { ...boardSource },
    devices: mine.map(({ description }) => description.name),
    kernels,
    networks: [...measured.values()],
  };
}
