/**
 * A mixture as one set of models, on a grid that is half as fine along channels: a file of the size of one profile
 * where a mixture holds several. Shapes of the table keep the price of the mixture; between nodes it is interpolated.
 */
import { type Kernel, type KernelOp, kernelOps } from '../kernel.js';
import { createPricer, termValue } from '../predict/index.js';
import type { KernelModel, Profile, SurfaceModel } from '../profile/index.js';

type Axes = SurfaceModel['axes'];

/** Windows, or images read, of classes whose parts have no surface of their own. */
const plainWindows: Partial<Record<KernelOp, number[]>> = {
  elementwise: [1, 2],
  'average-pool': [1, 2, 3, 7],
};
/** A network of a few megapixels, by which what an addition that is merged costs is asked. */
const large = { size: 112, channels: 64 };

const halved = (axis: readonly number[]) => axis.filter((_, i) => i % 2 === 0 || i === axis.length - 1);

/** The grid of a class: that of the first part that has one. */
function axesOf(op: KernelOp, mixture: NonNullable<Profile['mixture']>): Axes {
  const surfaces = mixture.parts.flatMap(({ models }) => {
    const model = models[op];
    return model?.kind === 'surface' ? [model.axes] : [];
  });
  const others = mixture.parts.flatMap(({ models }) => {
    const model = models['depthwise'];
    return model?.kind === 'surface' ? [model.axes] : [];
  });
  const [own] = surfaces;
  const [like] = others;
  const sizes = like?.size ?? [1, 2, 4, 7, 14, 28, 56, 112, 224];
  const channels = like?.output ?? [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
  const axes = own ?? {
    stride: [1],
    kernel: plainWindows[op] ?? [1],
    size: [...sizes],
    input: [1],
    output: [...channels],
  };
  return { ...axes, input: halved(axes.input), output: halved(axes.output) };
}

/** Channels of a device kernel at a node, whose axes count groups of four. */
function kernelAt(
  op: KernelOp,
  stride: number,
  window: number,
  size: number,
  input: number,
  output: number,
): Kernel {
  const groups = op === 'grouped' ? 2 : 1;
  const deep = op === 'conv' || op === 'dense' || op === 'grouped';
  return {
    op,
    size,
    input: deep ? 4 * input * groups : 4 * output,
    output: 4 * output,
    kernel: window,
    stride,
    dilation: 1,
    groups,
    fused: 0,
  };
}

/** A node never falls below those before it along any axis. */
function risen(grid: number[], steps: readonly number[], counts: readonly number[]): void {
  grid.forEach((value, at) => {
    let most = value;
    steps.forEach((step, axis) => {
      const place = Math.floor(at / step) % (counts[axis] as number);
      if (place > 0) most = Math.max(most, grid[at - step] as number);
    });
    grid[at] = most;
  });
}

function surfaceOf(op: KernelOp, axes: Axes, us: (kernel: Kernel) => number, points: number): SurfaceModel {
  const { stride: strides, kernel: windows, size: sizes, input: ins, output: outs } = axes;
  const steps = [sizes.length * ins.length * outs.length, ins.length * outs.length, outs.length, 1];
  const counts = [windows.length, sizes.length, ins.length, outs.length];
  const values = strides.map((stride) => {
    const grid: number[] = [];
    for (const window of windows)
      for (const size of sizes)
        for (const input of ins)
          for (const output of outs)
            grid.push(1000 * Math.log(us(kernelAt(op, stride, window, size, input, output))));
    risen(grid, steps, counts);
    return Array.from({ length: grid.length / outs.length }, (_, line) => {
      const row = grid.slice(line * outs.length, (line + 1) * outs.length).map(Math.round);
      return row.map((value, i) => (i === 0 ? value : value - (row[i - 1] as number)));
    });
  });
  const plain = kernelAt(op, 1, 1, large.size, large.channels / 4, large.channels / 4);
  const merged = { ...plain, fused: 1 };
  const fusedUs = op === 'mean' || op === 'dense' ? 0 : (us(merged) - us(plain)) / termValue('fused', merged);
  return { kind: 'surface', points, fusedUs: Math.max(0, fusedUs), axes, values };
}

/** @returns the profile as it is, if it is no mixture. */
export function baked(profile: Profile): Profile {
  const { mixture, ...rest } = profile;
  if (mixture === undefined) return profile;
  const pricer = createPricer({ ...profile, table: { ...profile.table, entries: [] } });
  const models: Partial<Record<KernelOp, KernelModel>> = {};
  for (const op of kernelOps) {
    // Which kernel a convolution goes to depends on its shape in each part, and is in its price.
    if (op === 'winograd' || op === 'small-conv') models[op] = { kind: 'as', op: 'conv' };
    else {
      const model = mixture.parts[0]?.models[op];
      const points = model === undefined || model.kind === 'as' ? 0 : model.points;
      models[op] = surfaceOf(op, axesOf(op, mixture), pricer.us, points);
    }
  }
  const { winograd: _w, smallConv: _s, ...mapping } = profile.mapping;
  return { ...rest, mapping, models };
}
