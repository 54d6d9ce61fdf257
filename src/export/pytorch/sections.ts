/** The lowered graph in the parts that a reader of the source sees: stem, blocks and head. */
import { InternalError } from '../../base/index.js';
import type { LoweredGraph, LoweredNode } from '../lower/index.js';

export interface Section {
  /** `stem`, `blocks.3` or `head`. */
  readonly name: string;
  readonly nodes: readonly LoweredNode[];
  /** The value that it reads from before it, and the one that it gives. */
  readonly input: number;
  readonly output: number;
}

/** @throws InternalError where a part reads more than what the one before it gives. */
export function sectionsOf({ nodes, values, input, output }: LoweredGraph): Section[] {
  const groups: { name: string; nodes: LoweredNode[] }[] = [];
  for (const node of nodes) {
    const before = groups.at(-1)?.name;
    const name =
      node.block !== undefined
        ? `blocks.${node.block}`
        : before === undefined || before === 'stem'
          ? 'stem'
          : 'head';
    if (name === before) groups.at(-1)?.nodes.push(node);
    else groups.push({ name, nodes: [node] });
  }
  let given = input;
  return groups.map(({ name, nodes: own }, i) => {
    const made = new Set(own.flatMap((node) => node.outputs));
    const read = new Set(
      own.flatMap((node) => node.inputs).filter((id) => !made.has(id) && !values[id]?.data),
    );
    if (read.size !== 1 || !read.has(given)) throw new InternalError(`${name} reads more than its input`);
    const later = new Set(groups.slice(i + 1).flatMap((group) => group.nodes.flatMap((node) => node.inputs)));
    const left = [...made].filter((id) => later.has(id) || id === output);
    if (left.length !== 1) throw new InternalError(`${name} gives more than one value`);
    const section = { name, nodes: own, input: given, output: left[0] as number };
    given = section.output;
    return section;
  });
}
