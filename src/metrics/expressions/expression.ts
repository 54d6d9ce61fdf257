/**
 * Objectives and constraints as a person writes them: `accuracy * (latency["mali-g76"] / 80 ms)^-0.07`.
 *
 * mathjs parses and evaluates; between the two every node is checked against a short list of what is
 * allowed, units are checked and turned into numbers, and quantities into variables. So nothing of mathjs
 * beyond arithmetic can be reached, and an evaluation costs no units: about a microsecond.
 */
import type {
  AccessorNode,
  ConditionalNode,
  ConstantNode,
  FunctionNode,
  MathNode,
  OperatorNode,
  ParenthesisNode,
  SymbolNode,
} from 'mathjs';
import { MixnasError, mathjs, messageOf } from '../../base/index.js';
import {
  type Dimension,
  type Quantities,
  dimensionText,
  dimensionOfFamily,
  isFamily,
  metricOfDevice,
  metricOfSymbol,
  plain,
  sameDimension,
  unitOf,
} from './quantities.js';

/** A number computed from metrics. */
export interface Expression {
  /** As it was written, spaces made even. */
  readonly text: string;
  /** The metrics that it reads. */
  readonly uses: readonly string[];
  readonly dimension: Dimension;
  /** The only metric that it is, and nothing else; undefined for anything computed. */
  readonly metric: string | undefined;
  /** Its value, when it reads no metric. In milliseconds, bytes, or plain. */
  readonly constant: number | undefined;
  /** NaN where a metric is missing or the result is not a real number. */
  evaluate(metrics: Readonly<Record<string, number>>): number;
}

/** A checked node: all that is left in it is numbers, variables and arithmetic. */
interface Checked {
  readonly node: MathNode;
  readonly dimension: Dimension;
  /** The value of a number that stands there as it is. */
  readonly literal?: number | undefined;
}

const additive = new Set(['add', 'subtract']);
const comparing = new Set(['smaller', 'smallerEq', 'larger', 'largerEq']);
/** Functions of plain numbers. */
const plainFunctions = new Set(['exp', 'log', 'log2', 'log10']);
/** Functions of one number that keep its dimension. */
const unary = new Set(['abs', 'unaryMinus', 'unaryPlus']);
/** Functions of several numbers of one dimension. */
const several = new Set(['min', 'max', 'mean']);
const functions = [...plainFunctions, 'abs', 'sqrt', ...several, 'worst', 'best', 'mnasnet'];

/** Parses text. @throws MixnasError `bad-config` with what stops it. */
export function parseText(text: string, where: string): MathNode {
  // In mathjs `a - 45%` is a share of a, and a % before a word a remainder; here it is a number, always.
  const plainText = text.replaceAll(/(\d+(?:\.\d+)?)\s*%/g, (_, n: string) => `${Number(n) / 100}`);
  try {
    return mathjs().parse(plainText);
  } catch (error) {
    throw new MixnasError('bad-config', `${where}: \`${text}\` is not an expression: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

/**
 * Compiles a parsed expression.
 * @param where the file and field it came from, for messages.
 * @throws MixnasError `bad-config` that names what is not allowed, not known, or does not fit in its units.
 */
export function compileNode(node: MathNode, quantities: Quantities, where: string): Expression {
  const math = mathjs();
  const text = node.toString();
  const variables = new Map<string, string>();
  const fail = (what: string, remedy?: string) =>
    new MixnasError('bad-config', `${where}: ${what} in \`${text}\`.`, remedy ? { remedy } : {});

  const variable = (metric: string): MathNode => {
    const name = variables.get(metric) ?? `v${variables.size}`;
    variables.set(metric, name);
    return new math.SymbolNode(name);
  };
  const all = (family: string): Checked[] =>
    quantities.profiles.map((device) => ({
      node: variable(metricOfDevice(family, device, quantities, where)),
      dimension: dimensionOfFamily(family),
    }));
  const wantSame = (parts: readonly Checked[], what: string): Dimension => {
    const [first] = parts;
    if (!first) throw fail(`${what} has nothing to work on`);
    const other = parts.find((part) => !sameDimension(part.dimension, first.dimension));
    if (!other) return first.dimension;
    throw fail(
      `${what} takes what has one unit, here one is ${dimensionText(first.dimension)} and another ${dimensionText(other.dimension)},`,
      'Divide by a value of the same unit, such as `latency["DEVICE"] / 80 ms`.',
    );
  };
  const wantPlain = (part: Checked, what: string): void => {
    if (sameDimension(part.dimension, plain)) return;
    throw fail(
      `${what} must be a plain number and is ${dimensionText(part.dimension)},`,
      'Divide by a unit, such as `1 ms`.',
    );
  };
  const call = (name: string, parts: readonly Checked[], dimension: Dimension): Checked => ({
    node: new math.FunctionNode(
      name,
      parts.map((part) => part.node),
    ),
    dimension,
  });

  function check(here: MathNode): Checked {
    switch (here.type) {
      case 'ConstantNode': {
        const { value } = here as ConstantNode;
        if (typeof value !== 'number') throw fail(`${here.toString()} is not a number`);
        return { node: here, dimension: plain, literal: value };
      }
      case 'SymbolNode': {
        const { name } = here as SymbolNode;
        const unit = unitOf(name);
        if (unit) return { node: new math.ConstantNode(unit.factor), dimension: unit.dimension };
        const { metric, dimension } = metricOfSymbol(name, quantities, where);
        return { node: variable(metric), dimension };
      }
      case 'AccessorNode':
        return access(here as AccessorNode);
      case 'ParenthesisNode': {
        const inner = check((here as ParenthesisNode).content);
        return { ...inner, node: new math.ParenthesisNode(inner.node) };
      }
      case 'ConditionalNode': {
        const { condition, trueExpr, falseExpr } = here as ConditionalNode;
        const [yes, no] = [check(trueExpr), check(falseExpr)];
        const dimension = wantSame([yes, no], 'a choice');
        return { node: new math.ConditionalNode(compare(condition), yes.node, no.node), dimension };
      }
      case 'OperatorNode':
        return operate(here as OperatorNode);
      case 'FunctionNode':
        return apply(here as FunctionNode);
      default:
        throw fail(`\`${here.toString()}\` is not allowed`, 'Use numbers, units, quantities and arithmetic.');
    }
  }

  function access({ object, index }: AccessorNode): Checked {
    const family = object.type === 'SymbolNode' ? (object as unknown as SymbolNode).name : '';
    if (!isFamily(family)) throw fail(`\`${object.toString()}\` has no parts`);
    const [key] = index.dimensions;
    const device: unknown = key?.type === 'ConstantNode' ? (key as ConstantNode<string>).value : undefined;
    if (typeof device !== 'string')
      throw fail(`${family} wants the name of a device in quotes`, `Write ${family}["DEVICE"].`);
    const metric = metricOfDevice(family, device, quantities, where);
    return { node: variable(metric), dimension: dimensionOfFamily(family) };
  }

  /** A comparison, or several joined by `and`, `or`, `not`. */
  function compare(here: MathNode): MathNode {
    if (here.type === 'ParenthesisNode') return compare((here as ParenthesisNode).content);
    const { fn, op, args } = here as unknown as { fn: string; op: string; args: MathNode[] };
    if (here.type === 'OperatorNode' && ['and', 'or', 'not'].includes(fn)) {
      return new math.OperatorNode(op as never, fn as never, args.map(compare));
    }
    if (here.type !== 'OperatorNode' || !comparing.has(fn))
      throw fail(`\`${here.toString()}\` is not a comparison`);
    const sides = args.map(check);
    wantSame(sides, 'a comparison');
    return new math.OperatorNode(
      op as never,
      fn as never,
      sides.map((side) => side.node),
    );
  }

  function operate(here: OperatorNode): Checked {
    const { fn, op, args, implicit } = here as unknown as {
      fn: string;
      op: string;
      args: MathNode[];
      implicit: boolean;
    };
    if (fn === 'pow') return power(args.map(check));
    if (!additive.has(fn) && !unary.has(fn) && fn !== 'multiply' && fn !== 'divide')
      throw fail(`\`${op}\` is not allowed`);
    const parts = args.map(check);
    const node = new math.OperatorNode(
      op as never,
      fn as never,
      parts.map((part) => part.node),
      implicit,
    );
    const [a, b] = parts as [Checked, Checked];
    if (unary.has(fn)) {
      const literal = a.literal === undefined ? undefined : fn === 'unaryMinus' ? -a.literal : a.literal;
      return { node, dimension: a.dimension, literal };
    }
    if (additive.has(fn)) return { node, dimension: wantSame(parts, `\`${op}\``) };
    const sign = fn === 'divide' ? -1 : 1;
    const time = a.dimension.time + sign * b.dimension.time;
    return { node, dimension: { time, bytes: a.dimension.bytes + sign * b.dimension.bytes } };
  }

  function power([base, exponent]: readonly Checked[]): Checked {
    if (!base || !exponent) throw fail('`^` lacks a side');
    wantPlain(exponent, 'an exponent');
    const node = new math.OperatorNode('^', 'pow', [base.node, exponent.node]);
    if (sameDimension(base.dimension, plain)) return { node, dimension: plain };
    if (exponent.literal === undefined) throw fail('what has a unit can only be raised to a number');
    const { time, bytes } = base.dimension;
    return { node, dimension: { time: time * exponent.literal, bytes: bytes * exponent.literal } };
  }

  function apply(here: FunctionNode): Checked {
    const name = here.fn.type === 'SymbolNode' ? here.fn.name : here.fn.toString();
    if (!functions.includes(name)) {
      throw fail(`the function ${name} is not allowed`, `Allowed are ${functions.join(', ')}.`);
    }
    const [only] = here.args;
    const family =
      here.args.length === 1 && only?.type === 'SymbolNode' ? (only as unknown as SymbolNode).name : '';
    const overDevices = ['worst', 'best', 'mean'].includes(name) && isFamily(family);
    const parts = overDevices ? all(family) : here.args.map(check);
    const [first, second] = parts;
    if (name === 'mnasnet') return mnasnet(parts);
    if (several.has(name) || name === 'worst' || name === 'best') {
      const known = { worst: 'max', best: 'min' }[name] ?? name;
      return call(known, parts, wantSame(parts, name));
    }
    if (!first || second) throw fail(`${name} takes one number`);
    if (plainFunctions.has(name)) wantPlain(first, `what ${name} takes`);
    const { time, bytes } = first.dimension;
    return call(name, parts, name === 'sqrt' ? { time: time / 2, bytes: bytes / 2 } : first.dimension);
  }

  /**
   * `mnasnet(accuracy, latency, target, w)`, or with a second exponent for what is slower than the target:
   * Tan et al., "MnasNet" (CVPR 2019, arXiv 1807.11626), equation 2.
   */
  function mnasnet(parts: readonly Checked[]): Checked {
    const [quality, cost, target, below, above = below] = parts;
    if (!quality || !cost || !target || !below || !above || parts.length > 5) {
      throw fail('mnasnet takes accuracy, latency, target, exponent and perhaps a second exponent');
    }
    wantSame([cost, target], 'mnasnet');
    wantPlain(below, 'an exponent');
    wantPlain(above, 'an exponent');
    const ratio = new math.OperatorNode('/', 'divide', [cost.node, target.node]);
    const within = new math.OperatorNode('<=', 'smallerEq', [cost.node, target.node]);
    const exponent = above === below ? below.node : new math.ConditionalNode(within, below.node, above.node);
    const factor = new math.OperatorNode('^', 'pow', [ratio, exponent]);
    return {
      node: new math.OperatorNode('*', 'multiply', [quality.node, factor]),
      dimension: quality.dimension,
    };
  }

  const checked = check(node);
  const code = checked.node.compile();
  const scope = new Map<string, number>();
  const bindings = [...variables];
  const evaluate = (metrics: Readonly<Record<string, number>>): number => {
    for (const [metric, name] of bindings) scope.set(name, metrics[metric] ?? Number.NaN);
    const value: unknown = code.evaluate(scope as Map<never, never>);
    return typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN;
  };
  const bare = checked.node.type === 'SymbolNode';
  return {
    text,
    uses: bindings.map(([metric]) => metric),
    dimension: checked.dimension,
    metric: bare ? bindings[0]?.[0] : undefined,
    constant: bindings.length === 0 ? evaluate({}) : undefined,
    evaluate,
  };
}

/** Compiles an expression. @throws MixnasError `bad-config` that says what is wrong in it. */
export function compileExpression(text: string, quantities: Quantities, where: string): Expression {
  return compileNode(parseText(text, where), quantities, where);
}
