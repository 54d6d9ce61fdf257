/**
 * Reverse-mode differentiation over recorded TensorFlow ops, with branches: what is not taken costs nothing,
 * forward or backward. A branch is TensorFlow's own control flow: Switch sends a tensor to one of two sides,
 * what depends on the other side is dead and does not run, and Merge takes the side that is alive.
 */
import { InternalError } from '../../base/index.js';
import { type GraphWriter, type Ref, T, attr } from '../network/native/graph-writer.js';
import type { CodeLayout } from './code.js';

interface TapeNode {
  readonly outputs: readonly Ref[];
  readonly inputs: readonly Ref[];
  /** Gradients by the inputs, given those by the outputs; undefined where there is none. */
  readonly backward: (gradients: readonly (Ref | undefined)[]) => readonly (Ref | undefined)[];
}

/** One side of a branch while it is recorded. */
interface Side {
  enter(ref: Ref): Ref;
  /** Ops with effects that must have run when the branch is done. */
  readonly effects: Ref[];
}

export class Tape {
  readonly #nodes: TapeNode[] = [];
  readonly #sides: Side[] = [];
  readonly #effects: Ref[] = [];

  constructor(
    readonly g: GraphWriter,
    readonly code: CodeLayout,
  ) {}

  /** Records a differentiable op of one output; returns it. */
  node(output: Ref, inputs: readonly Ref[], backward: (gradient: Ref) => readonly (Ref | undefined)[]): Ref {
    this.nodeOf([output], inputs, ([gradient]) => backward(gradient as Ref));
    return output;
  }

  /** Records a differentiable op of several outputs; `backward` runs if any of them has a gradient. */
  nodeOf(outputs: readonly Ref[], inputs: readonly Ref[], backward: TapeNode['backward']): void {
    this.#nodes.push({ outputs, inputs, backward });
  }

  /** A ref from outside of all branches, such as a variable, as the innermost branch sees it. */
  reach(ref: Ref): Ref {
    return this.#sides.reduce((inner, side) => side.enter(inner), ref);
  }

  /** An op that must have run before `done`. */
  effect(ref: Ref): void {
    (this.#sides.at(-1)?.effects ?? this.#effects).push(ref);
  }

  /** What to wait for so that every effect has happened. */
  get effects(): readonly Ref[] {
    return this.#effects;
  }

  /** `then` where the predicate holds, else `otherwise`; both get `inputs` and give one output. */
  branch(
    predicate: Ref,
    inputs: readonly Ref[],
    then: (inputs: readonly Ref[]) => Ref,
    otherwise: (inputs: readonly Ref[]) => Ref,
  ): Ref {
    const { g } = this;
    const switches = new Map<Ref, Ref>();
    const enter = (ref: Ref): Ref => {
      const known = switches.get(ref);
      if (known !== undefined) return known;
      const made = g.op('Switch', [ref, predicate]);
      switches.set(ref, made);
      const zeros = (side: number) => g.op('ZerosLike', [g.output(made, side)]);
      this.nodeOf([made, g.output(made, 1)], [ref], ([off, on]) => [
        merge(g, off ?? zeros(0), on ?? zeros(1)),
      ]);
      return made;
    };
    const record = (index: number, body: (inputs: readonly Ref[]) => Ref) => {
      const side: Side = { enter: (ref) => g.output(enter(ref), index), effects: [] };
      this.#sides.push(side);
      const output = body(inputs.map((ref) => side.enter(ref)));
      this.#sides.pop();
      return { output, effects: side.effects };
    };
    const on = record(1, then);
    const off = record(0, otherwise);
    const merged = merge(g, off.output, on.output);
    this.nodeOf([merged], [off.output, on.output], ([gradient]) => {
      const sent = g.op('Switch', [gradient as Ref, predicate]);
      return [sent, g.output(sent, 1)];
    });
    if (on.effects.length + off.effects.length > 0) {
      const token = g.op('Switch', [g.float(0), predicate]);
      const side = (index: number, effects: readonly Ref[]) =>
        g.op('Identity', [g.output(token, index)], T, effects);
      this.effect(merge(g, side(0, off.effects), side(1, on.effects)));
    }
    return merged;
  }

  /**
   * Records the backward pass.
   * @param seeds gradients by some refs.
   * @returns the gradient by a ref from outside of branches; undefined where nothing depends on it.
   */
  backward(seeds: ReadonlyMap<Ref, Ref>): (ref: Ref) => Ref | undefined {
    if (this.#sides.length > 0) throw new InternalError('a branch is still open');
    const parts = new Map<Ref, Ref[]>([...seeds].map(([ref, gradient]) => [ref, [gradient]]));
    const sums = new Map<Ref, Ref>();
    const total = (ref: Ref): Ref | undefined => {
      const known = sums.get(ref);
      if (known !== undefined) return known;
      const sum = parts.get(ref)?.reduce((a, b) => this.g.op('AddV2', [a, b]));
      if (sum !== undefined) sums.set(ref, sum);
      return sum;
    };
    for (const { outputs, inputs, backward } of this.#nodes.toReversed()) {
      const gradients = outputs.map(total);
      if (gradients.every((gradient) => gradient === undefined)) continue;
      backward(gradients).forEach((gradient, i) => {
        if (gradient === undefined) return;
        const ref = inputs[i] as Ref;
        parts.set(ref, [...(parts.get(ref) ?? []), gradient]);
      });
    }
    return total;
  }
}

/** Of two refs the one that is alive. */
function merge(g: GraphWriter, off: Ref, on: Ref): Ref {
  return g.op('Merge', [off, on], { ...T, N: attr.int(2) });
}
