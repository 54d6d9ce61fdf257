/** What recording a part of a supernet takes: variables as branches see them, and layers made of several ops. */
import { InternalError } from '../../base/index.js';
import type { Activation } from '../../models/index.js';
import { activationCodes } from '../network/native/fused.js';
import { type GraphWriter, type Ref, T, attr } from '../network/native/graph-writer.js';
import { normalize } from '../network/native/layers.js';
import type { StoredVariable } from '../network/native/program.js';
import type { Item } from './code.js';
import * as ops from './ops.js';
import type { Tape } from './tape.js';

/** As in the layer graph. */
const epsilon = 1e-3;

/** What recording a part of the network takes. */
export class Recorder {
  constructor(
    readonly t: Tape,
    readonly variables: ReadonlyMap<string, StoredVariable>,
    /** Batch statistics, which update the running ones; or the running ones. */
    readonly training: boolean,
    /** Share of this batch in the running statistics. */
    readonly share: Ref,
    /** Whether our own device kernels may be used. */
    readonly kernels: boolean,
  ) {}

  get g(): GraphWriter {
    return this.t.g;
  }

  stored(name: string): StoredVariable {
    const found = this.variables.get(name);
    if (!found) throw new InternalError(`no variable ${name}`);
    return found;
  }

  /** A whole variable, as the innermost branch sees it. */
  whole(name: string): Ref {
    return this.t.reach(this.stored(name).value);
  }

  /** The first `size` elements along each axis of a variable. */
  cut(name: string, size: readonly Item[]): Ref {
    return ops.cutTo(this.t, this.whole(name), size, this.stored(name).shape);
  }

  /** `[batch, s, s, from]` times `kernel` `[from, to]`, pixel by pixel. */
  pointwise(x: Ref, size: number, from: Item, to: Item, kernel: Ref): Ref {
    const map = (channels: Item) => [-1, size, size, channels];
    const rows = ops.reshape(this.t, x, [-1, from], map(from));
    return ops.reshape(this.t, ops.matMul(this.t, rows, kernel), map(to), [-1, to]);
  }

  /** A dense layer on rows `[batch, from]`. */
  dense(x: Ref, name: string, from: Item, to: Item): Ref {
    const y = ops.matMul(this.t, x, this.cut(`${name}.kernel`, [from, to]));
    return ops.bias(this.t, y, this.cut(`${name}.bias`, [to]));
  }

  /** Batch norm, and the activation that the subnet has after it. */
  normActivate(x: Ref, name: string, channels: Item, act: string, kinds: readonly Activation[]): Ref {
    if (!this.#fuses) return this.activation(this.batchNorm(x, name, channels), act, kinds);
    const options = kinds.map((kind) => (inner: Ref) => this.#fusedNorm(inner, name, channels, kind));
    return ops.choose(this.t, act, x, options);
  }

  /** x `[batch, h, w, c]` times one factor `[batch, 1, 1, c]` for each image and channel. */
  scale(x: Ref, factor: Ref): Ref {
    if (!this.#fuses) return ops.scaleChannels(this.t, x, factor);
    const { g, t } = this;
    return t.node(g.op('MixnasScale', [x, factor], {}), [x, factor], (dy) => {
      const dx = g.op('MixnasScaleGrad', [dy, x, factor], {});
      return [dx, g.output(dx, 1)];
    });
  }

  batchNorm(x: Ref, name: string, channels: Item): Ref {
    const { g, t, training } = this;
    if (this.#fuses) return this.#fusedNorm(x, name, channels, 'linear');
    const [gamma, beta] = [this.cut(`${name}.gamma`, [channels]), this.cut(`${name}.beta`, [channels])];
    const running = ['mean', 'variance'] as const;
    if (!training) {
      const [mean, variance] = running.map((role) => this.cut(`${name}.${role}`, [channels])) as [Ref, Ref];
      return normalize(g, x, [gamma, beta, mean, variance], epsilon);
    }
    const attributes = {
      ...T,
      U: attr.type('float'),
      epsilon: attr.float(epsilon),
      is_training: attr.bool(true),
    };
    const none = g.constant(new Float32Array(0), [0]);
    const y = g.op('FusedBatchNormV3', [x, gamma, beta, none, none], attributes);
    running.forEach((role, i) => this.#tell(`${name}.${role}`, g.output(y, 1 + i), channels));
    return t.node(y, [x, gamma, beta], (dy) => {
      const saved = [3, 4, 5].map((index) => g.output(y, index));
      const dx = g.op('FusedBatchNormGradV3', [dy, x, gamma, ...saved], attributes);
      return [dx, g.output(dx, 1), g.output(dx, 2)];
    });
  }

  /** Our own device kernels know batch statistics only. */
  get #fuses(): boolean {
    return this.kernels && this.training;
  }

  #fusedNorm(x: Ref, name: string, channels: Item, kind: Activation): Ref {
    const { g, t } = this;
    const attributes = {
      activation: attr.int(activationCodes[kind]),
      epsilon: attr.float(epsilon),
    };
    const inputs = [x, this.cut(`${name}.gamma`, [channels]), this.cut(`${name}.beta`, [channels])];
    const y = g.op('MixnasNorm', inputs, attributes);
    this.#tell(`${name}.mean`, g.output(y, 1), channels);
    this.#tell(`${name}.variance`, g.output(y, 3), channels);
    return t.node(y, inputs, (dy) => {
      const saved = [g.output(y, 1), g.output(y, 2)];
      const dx = g.op('MixnasNormGrad', [dy, ...inputs, ...saved], attributes);
      return [dx, g.output(dx, 1), g.output(dx, 2)];
    });
  }

  activation(x: Ref, name: string, kinds: readonly Activation[]): Ref {
    const options = kinds.map((kind) => (inner: Ref) => ops.activate(this.t, inner, kind));
    return ops.choose(this.t, name, x, options);
  }

  /** Merges a batch's statistics into the running ones; channels that the subnet lacks move as well, unread. */
  #tell(name: string, value: Ref, channels: Item): void {
    const { g, t } = this;
    const { handle, value: old, shape } = this.stored(name);
    const padded = ops.padTo(t, value, [channels], shape);
    // With a share of 1 nothing of the old value is left, not even its rounding or a NaN: what a subnet's
    // statistics are must not depend on who was here before.
    const kept = g.op('MulNoNan', [old, g.op('Sub', [g.float(1), this.share])]);
    const merged = g.op('AddV2', [kept, g.op('Mul', [padded, this.share])]);
    t.effect(g.op('AssignVariableOp', [handle, merged], { dtype: attr.type('float') }));
  }
}
