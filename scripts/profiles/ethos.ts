/** Arm Vela's cycles of single ops, and the networks measured on boards, as measurements in our format. */
import {
  type CsvRow,
  type Kernel,
  type Measurements,
  csvRows,
  kernelMacs,
  kernelReads,
  kernelWeights,
  kernelWrites,
} from '../../src/hardware/index.js';
import { kernelList } from './kernel-list.js';
import { type ListedOp, kernelOfListedOp, resNet50, withClasses } from './networks.js';

/** Bytes a µs from DRAM on i.MX93, as Vela's own DRAM cycles have it (3.75 bytes a cycle at 1 GHz). */
const dramBytesPerUs = 3750;
/** Images that together are larger than this do not stay in the NPU's SRAM. */
const sramBytes = 384 * 1024;

/**
 * What Vela's cycles of a single op lack: its weights come from DRAM, before it can start, and images that
 * do not fit into SRAM stream from and to DRAM while it runs.
 */
function withMemory(kernel: Kernel, us: number): number {
  const images = kernelReads(kernel) + kernelWrites(kernel);
  const streaming = images > sramBytes ? images / dramBytesPerUs : 0;
  return Math.max(us, streaming) + kernelWeights(kernel) / dramBytesPerUs;
}

/** Cycles to µs at the 1 GHz at which Vela states its estimates; the boards' calibration comes on top. */
const cyclesPerUs = 1000;
const devices = { 'ethos-u65-256': 'ethos-u65', 'ethos-u55-256': 'ethos-u55' } as const;
const accelerators = Object.keys(devices);

/** Files of Vela's per-layer cycles, and the network each is of. */
const simulatedNetworks = {
  mobilenetv3_small: 'mobilenet_v3_small',
  mobilenetv3_large: 'mobilenet_v3_large',
  resnet50: 'resnet50',
} as const;

/** Convolutional networks measured on a board; the two transformers have ops that we do not know. */
const measuredNetworks: Readonly<Record<string, string>> = {
  'MobileNetV3-small': 'mobilenet_v3_small',
  'MobileNetV3-large': 'mobilenet_v3_large',
  ResNet18: 'resnet18',
  ResNet50: 'resnet50',
};

/** The TFLite operators whose rows are of a class that the single ops do not cover. */
const operators: Readonly<Record<string, readonly string[]>> = {
  CONV_2D: ['cv', 'pw', 'fc'],
  ADD: ['add'],
  MUL: ['mul'],
  MEAN: ['se', 'mean'],
  MAX_POOL_2D: ['pool'],
};

/**
 * Vela's rows carry no shapes: they are matched to the network's ops in order, class by class, and
 * convolutions that do not agree in their multiplications are left out. Kept is what the single ops lack: no 1x1, no depthwise.
 */
function layerCycles(text: string, what: string, ops: readonly ListedOp[]) {
  const rows = [...csvRows(text.split('\n'), what, ['tflite_operator', 'op_cycles', 'npu_cycles', 'macs'])];
  return Object.entries(operators).flatMap(([operator, codes]) => {
    // A mean comes in two rows, of which the second has no additions; of the two multiplications of a
    // squeeze-and-excitation the first scales a vector.
    const all = rows.filter((row) => row.text('tflite_operator') === operator);
    const mine = all.filter((row, i) =>
      operator === 'MEAN' ? row.number('macs') > 0 : operator !== 'MUL' || i % 2 === 1,
    );
    const listed = ops.filter((op) => codes.includes(op.op)).slice(0, mine.length);
    if (mine.length !== listed.length) {
      throw new Error(`${what}: ${mine.length} rows of ${operator}, but ${listed.length} ops`);
    }
    return listed.flatMap((op, i) => {
      const row = mine[i] as CsvRow;
      const kernel = kernelOfListedOp(op);
      // Vela counts the image's three channels as four for some networks. The squeezed channels of
      // MobileNetV3 differ among its published versions: such rows are left out.
      const counts = [kernel, op.Cin === 3 ? { ...kernel, input: 4 } : kernel].map(kernelMacs);
      if (operator === 'CONV_2D' && !counts.includes(row.number('macs'))) return [];
      return op.op === 'pw' && kernel.op === 'conv'
        ? []
        : [{ kernel, cycles: row.number('op_cycles'), npuCycles: row.number('npu_cycles') }];
    });
  });
}

export function ethosMeasurements(read: (name: string) => string): Measurements {
  const { kernels, index } = kernelList();
  const single: Measurements['networks'][number] = { name: 'vela-single-ops', launches: [] };
  for (const name of ['ethosu_vela_op_lut_dw.csv', 'ethosu_vela_op_lut_pw.csv']) {
    for (const row of csvRows(read(name).split('\n'), name, ['accelerator', 'op_cycles_standalone'])) {
      const stride = row.number('stride');
      const kernel: Kernel = {
        op: row.text('op') === 'dw' ? 'depthwise' : 'conv',
        size: Math.ceil(row.number('H_in') / stride),
        input: row.number('C_in'),
        output: row.number('C_out'),
        kernel: row.number('kernel'),
        stride,
        dilation: row.number('dilation'),
        groups: 1,
        fused: 0,
      };
      const us = withMemory(kernel, row.number('op_cycles_standalone') / cyclesPerUs);
      const column = accelerators.indexOf(row.text('accelerator'));
      single.launches.push({
        kernel: index(kernel),
        us: accelerators.map((_, i) => (i === column ? us : null)),
      });
    }
  }
  const lists = JSON.parse(read('op_lists.json')) as Record<string, ListedOp[]>;
  const list = (name: string) => withClasses(name === 'resnet50' ? resNet50() : (lists[name] ?? []), 3);
  const simulated = Object.entries(simulatedNetworks).map(([file, name]) => ({
    name: `vela-${name}`,
    launches: layerCycles(read(`ethosu_vela_layers_${file}.csv`), file, list(name)).map(
      ({ kernel, cycles, npuCycles }) => ({
        kernel: index(kernel),
        us: [
          cycles / cyclesPerUs + kernelWeights(kernel) / dramBytesPerUs,
          withMemory(kernel, npuCycles / cyclesPerUs),
        ],
      }),
    ),
  }));
  const networks: Measurements['networks'] = [single, ...simulated];
  for (const row of csvRows(read('ethosu_e2e.csv').split('\n'), 'ethosu_e2e.csv', [
    'npu',
    'model',
    'latency_ms',
  ])) {
    const name = measuredNetworks[row.text('model')];
    if (name === undefined) continue;
    const column = accelerators.indexOf(row.text('npu') === 'ethos-u55' ? 'ethos-u55-256' : row.text('npu'));
    const known = networks.find((network) => network.name === name);
    const network = known ?? {
      name,
      launches: list(name).map((op) => ({ kernel: index(kernelOfListedOp(op)), us: [null, null] })),
      endToEndUs: [null, null],
    };
    if (known === undefined) networks.push(network);
    (network.endToEndUs as (number | null)[])[column] = row.number('latency_ms') * 1000;
  }
  return {
    format: 'mixnas-measurements',
    version: 1,
    source: { title: 'Arm Vela 3.10 cycles; NXP i.MX93 latencies', licence: 'Apache-2.0', kind: 'simulated' },
    devices: Object.values(devices),
    kernels,
    networks,
  };
}
