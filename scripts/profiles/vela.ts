/**
 * How much longer networks take on boards than Arm's compiler estimates, from those that were measured: MobileNets a fifth,
 * ResNets up to twice as long, whose 3x3 convolutions keep the multipliers less busy than the compiler assumes.
 */
import {
  agreement,
  type Compared,
  createNpuPricer,
  type Measurements,
  type Profile,
} from '../../src/hardware/index.js';
import { type LayerGraph, lower, type Op, referenceArchitecture } from '../../src/models/index.js';

/** Measured with heads of so many classes. */
const classes = 3;
const resolution = 224;

type Unnumbered = Op extends infer O ? (O extends Op ? Omit<O, 'id' | 'name' | 'inputs'> : never) : never;

/** ResNet-18 or -50 (He et al., CVPR 2016), stride in the first 3x3 convolution of a block. */
function resNet(isDeep: boolean): LayerGraph {
  const ops: Op[] = [];
  const add = (op: Unnumbered, ...inputs: number[]) =>
    ops.push({ ...op, id: ops.length, name: `${op.kind}.${ops.length}`, inputs }) - 1;
  const sizeOf = (from: number) => (ops[from] as Op).shape[0];
  const convolution = (from: number, out: number, kernel: number, stride: number, isActive: boolean) => {
    const size = Math.ceil(sizeOf(from) / stride);
    const shape = [size, size, out] as const;
    const conv = add({ kind: 'conv2d', shape, kernel, stride, dilation: 1, groups: 1, bias: true }, from);
    return isActive ? add({ kind: 'activation', activation: 'relu', shape }, conv) : conv;
  };
  let x = add({ kind: 'input', shape: [resolution, resolution, 3] });
  x = convolution(x, 64, 7, 2, true);
  x = add({ kind: 'maxPool', kernel: 3, stride: 2, shape: [56, 56, 64] }, x);
  for (const [stage, blocks] of (isDeep ? [3, 4, 6, 3] : [2, 2, 2, 2]).entries()) {
    const width = 64 * 2 ** stage;
    const out = isDeep ? 4 * width : width;
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1;
      const from = x;
      if (isDeep) x = convolution(x, width, 1, 1, true);
      x = convolution(x, width, 3, stride, true);
      x = convolution(x, out, isDeep ? 1 : 3, 1, false);
      const isSame = stride === 1 && (ops[from] as Op).shape[2] === out;
      const shortcut = isSame ? from : convolution(from, out, 1, stride, false);
      const shape = [sizeOf(x), sizeOf(x), out] as const;
      x = add({ kind: 'activation', activation: 'relu', shape }, add({ kind: 'add', shape }, x, shortcut));
    }
  }
  x = add({ kind: 'mean', shape: [1, 1, (ops[x] as Op).shape[2]] }, x);
  add({ kind: 'dense', shape: [1, 1, classes] }, x);
  return { name: isDeep ? 'resnet50' : 'resnet18', resolution, classes, ops };
}

const graphs: Readonly<Record<string, () => LayerGraph>> = {
  mobilenet_v3_small: () => lower(referenceArchitecture('mobilenet-v3-small'), { resolution, classes }),
  mobilenet_v3_large: () => lower(referenceArchitecture('mobilenet-v3-large'), { resolution, classes }),
  resnet18: () => resNet(false),
  resnet50: () => resNet(true),
};

/** A measured network: what the compiler estimates of it, in µs, in the two parts that are calibrated apart. */
interface Board {
  readonly network: string;
  readonly measuredUs: number;
  readonly dense: number;
  readonly rest: number;
}

type Compiler = NonNullable<Profile['compiler']>;
type Scales = Pick<Compiler, 'scale' | 'convolutionScale'>;

function boards(data: Measurements, device: string, { machine, variant }: Compiler): Board[] {
  const column = data.devices.indexOf(device);
  const pricer = createNpuPricer(machine, variant);
  return data.networks.flatMap(({ name: network, endToEndUs }) => {
    const measuredUs = endToEndUs?.[column];
    const graph = graphs[network]?.();
    if (!measuredUs || graph === undefined) return [];
    const { denseUs, restUs } = pricer.sum(graph);
    return [{ network, measuredUs, dense: denseUs, rest: restUs }];
  });
}

/** The two factors of least relative squares; one for both where the networks do not tell them apart. */
function fitted(list: readonly Board[]): Scales {
  const rows = list.map(({ dense, rest, measuredUs }) => [rest / measuredUs, dense / measuredUs] as const);
  const dot = (i: 0 | 1, j: 0 | 1) => rows.reduce((sum, row) => sum + row[i] * row[j], 0);
  const total = (i: 0 | 1) => rows.reduce((sum, row) => sum + row[i], 0);
  const determinant = dot(0, 0) * dot(1, 1) - dot(0, 1) ** 2;
  if (determinant > 1e-3 * dot(0, 0) * dot(1, 1)) {
    return {
      scale: (total(0) * dot(1, 1) - total(1) * dot(0, 1)) / determinant,
      convolutionScale: (total(1) * dot(0, 0) - total(0) * dot(0, 1)) / determinant,
    };
  }
  const one = rows.map(([rest, dense]) => rest + dense);
  const scale = one.reduce((sum, r) => sum + r, 0) / one.reduce((sum, r) => sum + r * r, 0);
  return { scale, convolutionScale: scale };
}

const predicted = ({ dense, rest }: Board, { scale, convolutionScale }: Scales) =>
  scale * rest + convolutionScale * dense;
const rounded = (value: number) => Number(value.toPrecision(4));

/** The profile with its compiler calibrated on the measured networks, and its error on each that was left out. */
export function withCompiler(profile: Profile, data: Measurements, compiler: Compiler): Profile {
  const list = boards(data, profile.name, compiler);
  const { scale, convolutionScale } = fitted(list);
  const calibrated = { ...compiler, scale: rounded(scale), convolutionScale: rounded(convolutionScale) };
  const { error: _, ...rest } = profile;
  if (list.length < 3) return { ...rest, compiler: calibrated };
  const band = Math.exp(profile.band.network);
  const models = list.map((board): Compared => {
    const us = predicted(board, fitted(list.filter((other) => other !== board)));
    return {
      model: board.network,
      predictedMs: us / 1000,
      lowMs: us / band / 1000,
      highMs: (us * band) / 1000,
      measuredMs: board.measuredUs / 1000,
      errorPct: 100 * (us / board.measuredUs - 1),
    };
  });
  const { mape, within10, spearman, coverage90 } = agreement(models);
  const figures = { mape, within10, spearman, coverage90 };
  const judged = Object.fromEntries(
    Object.entries(figures).flatMap(([key, value]) => (value === undefined ? [] : [[key, rounded(value)]])),
  ) as { mape: number; within10: number };
  return { ...rest, compiler: calibrated, error: { leftOut: 'model', networks: list.length, ...judged } };
}
