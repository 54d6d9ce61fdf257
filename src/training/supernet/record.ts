/** The forward pass of a supernet, recorded once for every subnet. */
import { type Ref, T, attr } from '../network/native/graph-writer.js';
import type { Item } from './code.js';
import * as ops from './ops.js';
import type { SupernetPlan } from './plan.js';
import { recordBlock } from './record-block.js';
import type { Recorder } from './recorder.js';

/** Logits `[batch, classes]` of images `[batch, h, w, c]`. */
export function recordForward(r: Recorder, plan: SupernetPlan, images: Ref): Ref {
  let x = recordStem(r, plan, images);
  for (const block of plan.blocks) x = recordBlock(r, block, x);
  return recordHead(r, plan, x);
}

function recordStem(r: Recorder, { stem, inputChannels }: SupernetPlan, images: Ref): Ref {
  const { t, g } = r;
  const side = stem.kernels[0] as number;
  const out = 'stem.out';
  let kernel = r.cut('stem.conv.kernel', [side, side, inputChannels, out]);
  let size: Item = side;
  if (stem.kernels.length > 1) {
    size = 'stem.kernel';
    const rows = t.code.list('stem.rows', 'stem.taps', side ** 2);
    const flat = r.t.code.vector([side ** 2, -1]);
    const taps = g.op('Reshape', [kernel, flat]);
    const whole = kernel;
    t.node(taps, [whole], (dy) => [g.op('Reshape', [dy, t.code.vector([side, side, inputChannels, out])])]);
    const chosen = ops.gatherRows(t, taps, rows, side ** 2);
    kernel = g.op('Reshape', [chosen, t.code.vector([size, size, inputChannels, out])]);
    t.node(kernel, [chosen], (dy) => [g.op('Reshape', [dy, g.op('Shape', [chosen])])]);
  }
  const attributes = {
    ...T,
    strides: attr.ints([1, stem.stride, stem.stride, 1]),
    padding: attr.string('SAME'),
  };
  const shape = t.code.vector([size, size, inputChannels, out]);
  let x = t.node(g.op('Conv2D', [images, kernel], attributes), [kernel], (dy) => [
    g.op('Conv2DBackpropFilter', [images, shape, dy], attributes),
  ]);
  return r.normActivate(x, 'stem.bn', out, 'stem.act', stem.activations);
}

function recordHead(r: Recorder, { head, classes }: SupernetPlan, x: Ref): Ref {
  const { t } = r;
  const withHead = (from: Ref): Ref => {
    const kernel = r.cut('head.conv.kernel', ['head.in', 'head.out']);
    let y = r.pointwise(from, head.size, 'head.in', 'head.out', kernel);
    y = r.normActivate(y, 'head.bn', 'head.out', 'head.act', head.activations);
    return r.dense(ops.globalMean(t, y, head.size, 'head.out'), 'head.dense', 'head.out', classes);
  };
  const direct = (from: Ref): Ref =>
    r.dense(ops.globalMean(t, from, head.size, 'head.in'), 'direct.dense', 'head.in', classes);
  if (head.presence === 'always') return withHead(x);
  if (head.presence === 'never') return direct(x);
  return t.branch(
    t.code.flag('head.out'),
    [x],
    ([inner]) => withHead(inner as Ref),
    ([inner]) => direct(inner as Ref),
  );
}
