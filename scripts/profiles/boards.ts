/** NetsPresso's end-to-end times of classification networks on boards, as measurements in our format. */
import {
  csvRows,
  type Kernel,
  kernelRow,
  type MappingRules,
  mapKernels,
  type Measurements,
} from '../../src/hardware/index.js';
import { lower, referenceArchitecture } from '../../src/models/index.js';
import { kernelOfListedOp, type ListedOp, resNet } from './networks.js';

const classes = 3;
const resolution = 224;

/** The networks whose ops are known: of the transformers in the table none is. */
const networks: Readonly<Record<string, { readonly reference: string } | { readonly ops: ListedOp[] }>> = {
  'MobileNetV3-small': { reference: 'mobilenet-v3-small' },
  'MobileNetV3-large': { reference: 'mobilenet-v3-large' },
  ResNet18: { ops: resNet('basic', [2, 2, 2, 2], classes) },
  ResNet34: { ops: resNet('basic', [3, 4, 6, 3], classes) },
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

/** A board of the table, the precision, and the profile that it is for. */
export interface Board {
  readonly device: string;
  readonly precision: 'fp16' | 'int8';
  readonly profile: string;
}

/** The measurements of some boards on which networks become device kernels by the same rules. */
export function boardMeasurements(
  read: (name: string) => string,
  boards: readonly Board[],
  rules: MappingRules,
): Measurements {
  const kernels: Measurements['kernels'] = [];
  const indexOf = new Map<string, number>();
  const index = (kernel: Kernel): number => {
    const key = JSON.stringify([kernel.op, kernelRow(kernel)]);
    if (!indexOf.has(key)) indexOf.set(key, kernels.push({ op: kernel.op, shape: kernelRow(kernel) }) - 1);
    return indexOf.get(key) as number;
  };
  const measured = new Map<string, Measurements['networks'][number]>();
  const columns = ['device', 'precision', 'model', 'latency_ms'];
  for (const row of csvRows(read('boards_e2e.csv').split('\n'), 'boards_e2e.csv', columns)) {
    const column = boards.findIndex(
      ({ device, precision }) => device === row.text('device') && precision === row.text('precision'),
    );
    const model = row.text('model');
    const list = kernelsOf(model, rules);
    if (column < 0 || list === undefined || row.text('latency_ms') === '-') continue;
    const network = measured.get(model) ?? {
      name: model,
      launches: list.map((kernel) => ({ kernel: index(kernel), us: [] })),
      endToEndUs: boards.map(() => null),
    };
    measured.set(model, network);
    (network.endToEndUs as (number | null)[])[column] = 1000 * row.positive('latency_ms');
  }
  return {
    format: 'mixnas-measurements',
    version: 1,
    source: { ...boardSource },
    devices: boards.map(({ profile }) => profile),
    kernels,
    networks: [...measured.values()],
  };
}
