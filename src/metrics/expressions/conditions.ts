/** Conditions: `latency["mali-g76"] <= 8 ms and accuracy >= 45%`, as limits on metrics. */
import type { MathNode, ParenthesisNode } from 'mathjs';
import { MixnasError, mathjs } from '../../base/index.js';
import { type Expression, compileNode, parseText } from './expression.js';
import { type Quantities, dimensionText, sameDimension } from './quantities.js';

/** An expression that must not be above `max`, or not below `min`. */
export interface Condition {
  readonly expression: Expression;
  readonly max?: number;
  readonly min?: number;
}

const upper: Readonly<Record<string, boolean>> = {
  smaller: true,
  smallerEq: true,
  larger: false,
  largerEq: false,
};
const operators: Readonly<Record<string, string>> = {
  smaller: '<',
  smallerEq: '<=',
  larger: '>',
  largerEq: '>=',
};

/** `a <= b <= c` is two comparisons, and so is `a <= b and b <= c`. */
function comparisons(node: MathNode): MathNode[] {
  if (node.type === 'ParenthesisNode') return comparisons((node as ParenthesisNode).content);
  const { fn, args } = node as unknown as { fn: string; args: MathNode[] };
  if (node.type === 'OperatorNode' && fn === 'and') return args.flatMap(comparisons);
  if (node.type === 'RelationalNode') {
    const math = mathjs();
    const { conditionals, params } = node as unknown as { conditionals: string[]; params: MathNode[] };
    return conditionals.map(
      (name, i) =>
        new math.OperatorNode(operators[name] as never, name as never, [
          params[i] as MathNode,
          params[i + 1] as MathNode,
        ]),
    );
  }
  return [node];
}

/**
 * The limits that a condition is made of.
 * @throws MixnasError `bad-config` for what is not a comparison, or compares what has different units.
 */
export function parseConditions(text: string, quantities: Quantities, where: string): Condition[] {
  const math = mathjs();
  return comparisons(parseText(text, where)).map((node) => {
    const { fn, args } = node as unknown as { fn: string; args: [MathNode, MathNode] };
    const below = node.type === 'OperatorNode' ? upper[fn] : undefined;
    if (below === undefined) {
      throw new MixnasError('bad-config', `${where}: \`${node.toString()}\` is not a comparison.`, {
        remedy: 'Write a limit with <= or >=, such as `latency["DEVICE"] <= 8 ms`; join several with `and`.',
      });
    }
    const [left, right] = args.map((side) => compileNode(side, quantities, where)) as [
      Expression,
      Expression,
    ];
    if (!sameDimension(left.dimension, right.dimension)) {
      throw new MixnasError(
        'bad-config',
        `${where}: \`${node.toString()}\` compares what is ${dimensionText(left.dimension)} with what is ${dimensionText(right.dimension)}.`,
        { remedy: 'Give the number its unit, such as 8 ms or 2 MiB.' },
      );
    }
    if (right.constant !== undefined && left.constant === undefined) {
      return limit(left, right.constant, below);
    }
    if (left.constant !== undefined && right.constant === undefined) {
      return limit(right, left.constant, !below);
    }
    if (left.constant !== undefined) {
      throw new MixnasError('bad-config', `${where}: \`${node.toString()}\` says nothing about a network.`);
    }
    return limit(compileNode(new math.OperatorNode('-', 'subtract', args), quantities, where), 0, below);
  });
}

const limit = (expression: Expression, value: number, below: boolean): Condition =>
  below ? { expression, max: value } : { expression, min: value };
