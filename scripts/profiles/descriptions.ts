/** What the raw files do not say about the devices. */
import type { ProfileDescription } from '../../src/hardware/index.js';

/** A profile's head, and the file of profiles/data that it is fitted from. */
export type Described = ProfileDescription & { readonly data: string };

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
    'Depthwise kernels above 7, every dilation, slices and element-wise kernels were not measured: they are extrapolated.',
  ],
  data: 'mobile-ml-benchmark',
} as const;

const mutable = (value: unknown): Described => structuredClone(value) as Described;

export const descriptions: readonly Described[] = [
  { ...tfliteGpu, name: 'mali-g76', device: 'Samsung Galaxy S10', chip: 'Exynos 9820, Mali-G76' },
  { ...tfliteGpu, name: 'adreno-640', device: 'Google Pixel 4', chip: 'Snapdragon 855, Adreno 640' },
  {
    name: 'ethos-u65',
    device: 'NXP i.MX93',
    chip: 'Ethos-U65-256',
    unit: 'NPU',
    runtime: { name: 'TensorFlow Lite Micro, Arm Vela', version: '3.10' },
    precision: 'int8',
    bytesPerValue: 1,
    date: '2025',
    sources: [
      {
        title: 'Cycles of single ops by the Arm Vela 3.10 compiler (Ethos-U65-256)',
        licence: 'Apache-2.0',
        kind: 'simulated',
      },
      {
        title:
          'Latency of four convolutional networks on NXP i.MX93: Nota-NetsPresso/netspresso-trainer benchmarks',
        url: 'https://github.com/Nota-NetsPresso/netspresso-trainer',
        licence: 'Apache-2.0',
        kind: 'measured',
      },
    ],
    mapping: {
      fusedActivations: ['relu', 'relu6', 'hswish', 'sigmoid', 'hsigmoid'],
      fusesAdd: false,
      slice: 'free',
      concat: 'free',
    },
    data: 'ethos-u',
  },
].map(mutable);
