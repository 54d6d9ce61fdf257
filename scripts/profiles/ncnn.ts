/** ncnn's benchmark on GPUs by Vulkan, as measurements in our format. */
import {
  csvRows,
  type Kernel,
  kernelOfRow,
  kernelRow,
  loadMeasurements,
  mapKernels,
  type MappingRules,
  type Measurements,
} from '../../src/hardware/index.js';
import { lower, referenceArchitecture } from '../../src/models/index.js';
import { kernelOfListedOp, type ListedOp, resNet50 } from './networks.js';

/** A device of the file: its name there begins so, and its profile. */
interface NcnnDevice {
  readonly starts: string;
  readonly loops: string;
  readonly name: string;
  readonly device: string;
  readonly chip: string;
}

const of = (starts: string, loops: string, name: string, device: string, chip: string): NcnnDevice => ({
  starts,
  loops,
  name: `${name}-gpu-fp16`,
  device,
  chip,
});

/**
 * Of devices that are listed twice, the settings with more runs. Left out: a board whose later rows are all below a
 * millisecond (Station-M3), and Apple's A7, whose every network begins at 0.24 s.
 */
export const ncnnDevices: readonly NcnnDevice[] = [
  of('Qualcomm SM8150-AC', '8', 'snapdragon-855plus', 'Snapdragon 855+ phone', 'Adreno 640'),
  of('Qualcomm MSM8998', '8', 'snapdragon-835', 'Snapdragon 835 phone', 'Adreno 540'),
  of('Qualcomm SDM765G', '8', 'snapdragon-765g', 'Snapdragon 765G phone', 'Adreno 620'),
  of('Qualcomm SDM660', '4', 'snapdragon-660', 'Snapdragon 660 phone', 'Adreno 512'),
  of('Qualcomm MSM8994', '4', 'snapdragon-810', 'Snapdragon 810 phone', 'Adreno 430'),
  of('Qualcomm SM8550-AB', '64', 'snapdragon-8gen2', 'Snapdragon 8 Gen 2 phone', 'Adreno 740'),
  of('Qualcomm Snapdragon X Elite', '10', 'snapdragon-x-elite', 'Snapdragon X Elite', 'Adreno X1-85'),
  of('Kirin 970', '4', 'kirin-970', 'Kirin 970 phone', 'Mali-G72'),
  of('Khadas VIM3', '8', 'khadas-vim3', 'Khadas VIM3, Amlogic A311D', 'Mali-G52'),
  of('Station-M2', '10', 'rk3566', 'Station M2, Rockchip RK3566', 'Mali-G52'),
  of('Rockchip RK3588 ', '8', 'rk3588', 'Rockchip RK3588', 'Mali-G610'),
  of('Rockchip RK3399', '4', 'rk3399', 'Rockchip RK3399', 'Mali-T860'),
  of('Rockchip RK3288', '4', 'rk3288', 'Rockchip RK3288', 'Mali-T760'),
  of('Radxa Orion O6', '4', 'radxa-orion-o6', 'Radxa Orion O6', 'Mali-G720'),
  of('VisionFive2', '10', 'visionfive2', 'VisionFive 2, JH7110', 'PowerVR BXE-4-32'),
  of('T-Head TH1520', '10', 'th1520', 'T-Head TH1520', 'PowerVR BXM-4-64'),
  of('Spacemit MUSE Pi Pro', '4', 'muse-pi-pro', 'Spacemit MUSE Pi Pro', 'PowerVR BXE-2-32'),
  of('MacBook Pro (13-inch, M1', '10', 'macbook-m1', 'MacBook Pro, 2020', 'Apple M1'),
  of('MacBook Air (13-inch, M3', '10', 'macbook-m3', 'MacBook Air, 2024', 'Apple M3'),
];

/** ncnn runs additions and concatenations as kernels of their own. */
export const ncnnMapping: MappingRules = {
  fusedActivations: ['relu', 'relu6', 'sigmoid', 'hswish', 'hsigmoid'],
  fusesAdd: false,
  slice: 'copy',
  concat: 'copy',
};

/** ncnn's networks that are networks of mobile-ml-benchmark. */
const measuredNetworks: Readonly<Record<string, string>> = {
  squeezenet: 'squeezenet_v1_1',
  mobilenet: 'mobilenet_w1',
  mobilenet_v2: 'mobilenetv2b_w1',
  mnasnet: 'mnasnet_b1',
  regnety_400m: 'regnety004',
  resnet18: 'resnet18',
};
const referenceNetworks: Readonly<Record<string, string>> = {
  mobilenet_v3: 'mobilenet-v3-large',
  efficientnet_b0: 'efficientnet-b0',
  shufflenet_v2: 'shufflenet-v2-1.0',
};

const op = (code: string, H: number, Cin: number, Hout: number, Cout: number, k = 1, g = 1): ListedOp => ({
  op: code,
  H,
  Cin,
  Hout,
  Cout,
  k,
  g,
});

/** GoogLeNet (Szegedy et al., CVPR 2015), table 1: reduced and full 3x3, reduced and full 5x5, projected pool. */
function googleNet(): ListedOp[] {
  const ops = [
    op('cv', 224, 3, 112, 64, 7),
    op('pool', 112, 64, 56, 64, 3),
    op('pw', 56, 64, 56, 64),
    op('cv', 56, 64, 56, 192, 3),
    op('pool', 56, 192, 28, 192, 3),
  ];
  let channels = 192;
  const inception = (
    size: number,
    one: number,
    r3: number,
    three: number,
    r5: number,
    five: number,
    pool: number,
  ) => {
    const out = one + three + five + pool;
    ops.push(
      op('pw', size, channels, size, one),
      op('pw', size, channels, size, r3),
      op('cv', size, r3, size, three, 3),
      op('pw', size, channels, size, r5),
      op('cv', size, r5, size, five, 5),
      op('pool', size, channels, size, channels, 3),
      op('pw', size, channels, size, pool),
      op('cat', size, out, size, out, 4),
    );
    channels = out;
  };
  inception(28, 64, 96, 128, 16, 32, 32);
  inception(28, 128, 128, 192, 32, 96, 64);
  ops.push(op('pool', 28, channels, 14, channels, 3));
  inception(14, 192, 96, 208, 16, 48, 64);
  inception(14, 160, 112, 224, 24, 64, 64);
  inception(14, 128, 128, 256, 24, 64, 64);
  inception(14, 112, 144, 288, 32, 64, 64);
  inception(14, 256, 160, 320, 32, 128, 128);
  ops.push(op('pool', 14, channels, 7, channels, 3));
  inception(7, 256, 160, 320, 32, 128, 128);
  inception(7, 384, 192, 384, 48, 128, 128);
  ops.push(op('mean', 7, 1024, 1, 1024), op('fc', 1, 1024, 1, 1000));
  return ops;
}

/** AlexNet in one tower, as Caffe's, with two groups where it has them (Krizhevsky et al., NeurIPS 2012). */
function alexNet(): ListedOp[] {
  return [
    op('cv', 220, 3, 55, 96, 11),
    op('pool', 54, 96, 27, 96, 3),
    op('gc', 27, 96, 27, 256, 5, 2),
    op('pool', 26, 256, 13, 256, 3),
    op('cv', 13, 256, 13, 384, 3),
    op('gc', 13, 384, 13, 384, 3, 2),
    op('gc', 13, 384, 13, 256, 3, 2),
    op('pool', 12, 256, 6, 256, 3),
    op('fc', 1, 9216, 1, 4096),
    op('fc', 1, 4096, 1, 4096),
    op('fc', 1, 4096, 1, 1000),
  ];
}

/** VGG-16 (Simonyan and Zisserman, ICLR 2015), configuration D. */
function vgg16(): ListedOp[] {
  const ops: ListedOp[] = [];
  let channels = 3;
  let size = 224;
  for (const [width, count] of [
    [64, 2],
    [128, 2],
    [256, 3],
    [512, 3],
    [512, 3],
  ] as const) {
    for (let i = 0; i < count; i++) {
      ops.push(op('cv', size, channels, size, width, 3));
      channels = width;
    }
    ops.push(op('pool', size, channels, size / 2, channels, 2));
    size /= 2;
  }
  ops.push(op('fc', 1, 25_088, 1, 4096), op('fc', 1, 4096, 1, 4096), op('fc', 1, 4096, 1, 1000));
  return ops;
}

/** The device kernels of ncnn's classifiers. Its shufflenet, proxylessnasnet and efficientnetv2_b0 are left out: their lists are not known here. */
function kernelLists(benchmark: Measurements): Map<string, Kernel[]> {
  const lists = new Map<string, Kernel[]>();
  for (const [name, ours] of Object.entries(measuredNetworks)) {
    const network = benchmark.networks.find((n) => n.name === ours);
    const kernels = (network?.launches ?? []).map(({ kernel }) => {
      const { op: kind, shape } = benchmark.kernels[kernel] as Measurements['kernels'][0];
      return kernelOfRow(kind, shape);
    });
    lists.set(name, kernels);
  }
  for (const [name, reference] of Object.entries(referenceNetworks)) {
    const graph = lower(referenceArchitecture(reference), { resolution: 224 });
    lists.set(
      name,
      mapKernels(graph, ncnnMapping).map(({ layer: _layer, ...kernel }) => kernel),
    );
  }
  const written = { googlenet: googleNet(), resnet50: resNet50(), alexnet: alexNet(), vgg16: vgg16() };
  for (const [name, ops] of Object.entries(written)) lists.set(name, ops.map(kernelOfListedOp));
  return lists;
}

/** @param benchmarkPath profiles/data/mobile-ml-benchmark.json. */
export function ncnnMeasurements(read: (name: string) => string, benchmarkPath: string): Measurements {
  const lists = kernelLists(loadMeasurements(benchmarkPath));
  const kernels: Measurements['kernels'] = [];
  const indexOf = new Map<string, number>();
  const index = (kernel: Kernel): number => {
    const shape = kernelRow(kernel);
    const key = `${kernel.op} ${shape.join(' ')}`;
    const known = indexOf.get(key) ?? kernels.push({ op: kernel.op, shape }) - 1;
    indexOf.set(key, known);
    return known;
  };
  const none = ncnnDevices.map((): number | null => null);
  const networks = [...lists].map(([name, list]) => ({
    name,
    launches: list.map((kernel) => ({ kernel: index(kernel), us: none })),
    endToEndUs: [...none],
  }));
  const columns = ['device', 'loops', 'model', 'min_ms'];
  for (const row of csvRows(read('ncnn_gpu.csv').split('\n'), 'ncnn_gpu.csv', columns)) {
    const device = ncnnDevices.findIndex(
      ({ starts, loops }) => row.text('device').startsWith(starts) && row.text('loops') === loops,
    );
    const network = networks.find(({ name }) => name === row.text('model'));
    if (device >= 0 && network) network.endToEndUs[device] = 1000 * row.number('min_ms');
  }
  return {
    format: 'mixnas-measurements',
    version: 1,
    source: {
      title:
        'Tencent/ncnn at a4d2ea1d, benchmark/README.md: least of the runs, Vulkan; device kernels are ours',
      url: 'https://github.com/Tencent/ncnn',
      licence: 'BSD-3-Clause',
      kind: 'measured',
    },
    devices: ncnnDevices.map(({ name }) => name),
    kernels,
    networks,
  };
}
