/** What the raw files do not say about the devices. */
import type { Profile, ProfileDescription } from '../../src/hardware/index.js';

/** A profile's head, and the file of profiles/data that it is fitted from. */
export type Described = ProfileDescription & {
  readonly data: string;
  /** Of devices whose compiler plans memory; its scales are fitted. */
  readonly compiler?: NonNullable<Profile['compiler']>;
};

const gpuSource = {
  title:
    'mobile-ml-benchmark: Li, Paolieri, Golubchik, "A Benchmark for ML Inference Latency on Mobile Devices", EdgeSys 2024, commit 40ba833',
  url: 'https://github.com/qed-usc/mobile-ml-benchmark',
  licence: 'MIT',
  kind: 'measured',
} as const;

const tfliteGpu = {
  unit: 'GPU',
  runtime: { name: 'TensorFlow Lite GPU delegate' },
  precision: 'fp16',
  bytesPerValue: 2,
  date: '2024',
  sources: [gpuSource],
  mapping: {
    fusedActivations: ['relu', 'relu6', 'hswish', 'sigmoid', 'hsigmoid'],
    fusesAdd: true,
    slice: 'copy',
    concat: 'copy',
  },
  notes: [
    'Depthwise kernels above 7, grouped 1x1 convolutions, every dilation, slices and element-wise kernels were not measured: they are extrapolated.',
    'memory.bandwidthGBs is the peak of the memory interface by the chip maker, not measured.',
    "channelGranularity: TensorFlow Lite's GPU delegate stores channels in slices of four, one texel each.",
  ],
  channelGranularity: 4,
  data: 'mobile-ml-benchmark',
} as const;

/** What TFLite's sources say of these GPUs: where Winograd pays, and how large constant memory is. */
const winograd = {
  ...tfliteGpu,
  mapping: { ...tfliteGpu.mapping, winograd: { leastQuads: 16, leastTiles: 32 } },
};
const adreno = {
  ...tfliteGpu,
  mapping: { ...tfliteGpu.mapping, smallConv: { mostBytes: 3584, mostQuads: 8 } },
};

const vela = {
  unit: 'NPU',
  runtime: { name: 'TensorFlow Lite Micro, Arm Vela', version: '3.10' },
  precision: 'int8',
  bytesPerValue: 1,
  date: '2025',
  mapping: {
    fusedActivations: ['relu', 'relu6', 'hswish', 'sigmoid', 'hsigmoid'],
    fusesAdd: false,
    slice: 'free',
    concat: 'free',
  },
  channelGranularity: 16,
  data: 'ethos-u',
} as const;

const bricks =
  "channelGranularity: Arm's compiler lays maps out in bricks of 16 channels (NHCWB16); a part that begins between two makes the whole map linear.";

/** The scales are fitted by make-profiles. */
const compiler = (machine: 'ethos-u65-256' | 'ethos-u55-256') =>
  ({ name: 'vela', machine, variant: 'arm', scale: 1, convolutionScale: 1 }) as const;

const cycles = (accelerator: string) => ({
  title: `Cycles of single ops and of whole networks by Arm's Vela 3.10 compiler (${accelerator})`,
  licence: 'Apache-2.0',
  kind: 'simulated',
  note: 'At 1 GHz, plus the DRAM traffic of weights and of images larger than the SRAM',
});

const boards = (networks: string) => ({
  title: `Latency of ${networks}: Nota-NetsPresso/netspresso-trainer benchmarks`,
  url: 'https://github.com/Nota-NetsPresso/netspresso-trainer',
  licence: 'Apache-2.0',
  kind: 'measured',
});

const hexagon = {
  unit: 'NPU',
  runtime: { name: 'TensorFlow Lite, QNN delegate' },
  precision: 'fp16',
  bytesPerValue: 2,
  date: '2026-02-24',
  sources: [
    {
      title: 'qualcomm/ai-hub-models v0.47.0, runtime tflite, precision float',
      url: 'https://github.com/quic/ai-hub-models',
      licence: 'BSD-3-Clause',
      kind: 'measured',
    },
  ],
  mapping: {
    fusedActivations: ['relu', 'relu6', 'swish', 'hswish', 'sigmoid', 'hsigmoid'],
    fusesAdd: false,
    slice: 'copy',
    concat: 'copy',
  },
  data: 'hexagon',
} as const;

const bandwidth = 'memory.bandwidthGBs is the peak of the memory interface by the chip maker, not measured.';
const peak =
  'memory.runtimeBytes and weightCopies are fitted to the peaks that AI Hub reports of the same networks: off by a quarter to a third.';
const ranking =
  'Fitted from end-to-end times of 13 networks on 11 chips under three runtimes: no kernel was timed, and what a kind of kernel costs has the same proportions on all chips up to what the own networks ask for. Windows of depthwise kernels cost what their maps do: none above 7 was measured.';

const mutable = (value: unknown): Described => structuredClone(value) as Described;

/** Every profile that mixnas ships. */
export const descriptions: readonly Described[] = [
  {
    ...winograd,
    name: 'mali-g76',
    device: 'Samsung Galaxy S10',
    chip: 'Exynos 9820, Mali-G76',
    memory: { bandwidthGBs: 34.1 },
  },
  {
    ...adreno,
    name: 'adreno-640',
    device: 'Google Pixel 4',
    chip: 'Snapdragon 855, Adreno 640',
    memory: { bandwidthGBs: 34.1 },
  },
  {
    ...adreno,
    name: 'adreno-616',
    device: 'Xiaomi Mi 8 SE',
    chip: 'Snapdragon 710, Adreno 616',
    memory: { bandwidthGBs: 14.9 },
  },
  {
    ...winograd,
    name: 'powervr-ge8320',
    device: 'Samsung Galaxy A03s',
    chip: 'Helio P35, PowerVR GE8320',
    memory: { bandwidthGBs: 12.8 },
  },
  {
    ...winograd,
    name: 'apple-a10-gpu',
    device: 'iPhone with A10',
    chip: 'Apple A10 GPU',
    memory: { bandwidthGBs: 25.6 },
  },
  {
    ...winograd,
    name: 'apple-a12-gpu',
    device: 'iPhone with A12',
    chip: 'Apple A12 GPU',
    memory: { bandwidthGBs: 34.1 },
  },
  {
    ...vela,
    name: 'ethos-u65',
    compiler: compiler('ethos-u65-256'),
    device: 'NXP i.MX93',
    chip: 'Arm Ethos-U65-256',
    sources: [cycles('Ethos-U65-256'), boards('four convolutional networks on NXP i.MX93')],
    memory: { bandwidthGBs: 3.75 },
    notes: [
      "Latency follows Arm's own Vela; NXP's version adds a pass behind each concatenation (compiler.variant: nxp), 7 to 15 % of a MixNet.",
      'No board has confirmed how the compiler prices maps that spill to DRAM.',
      bricks,
    ],
  },
  {
    ...vela,
    name: 'ethos-u55',
    compiler: compiler('ethos-u55-256'),
    device: 'Alif E7',
    chip: 'Arm Ethos-U55-256',
    sources: [cycles('Ethos-U55-256'), boards('one network on Alif E7')],
    notes: ['One measured network sets one scalar: no error is claimed.', bricks],
  },
  {
    ...hexagon,
    name: 'hexagon-8gen2',
    memory: { bandwidthGBs: 67.2 },
    device: 'QCS8550, a proxy for Snapdragon 8 Gen 2',
    chip: 'Hexagon NPU (8 Gen 2 class)',
    notes: [ranking, bandwidth, 'A proxy device: not the phone chip itself.'],
  },
  {
    ...hexagon,
    name: 'hexagon-8gen3',
    memory: { bandwidthGBs: 76.8 },
    device: 'Samsung Galaxy S24',
    chip: 'Snapdragon 8 Gen 3, Hexagon NPU',
    notes: [ranking, bandwidth, peak],
  },
  {
    ...hexagon,
    name: 'hexagon-8elite',
    memory: { bandwidthGBs: 84.8 },
    device: 'Samsung Galaxy S25',
    chip: 'Snapdragon 8 Elite, Hexagon NPU',
    notes: [ranking, bandwidth, peak],
  },
].map(mutable);
