/**
 * Points with the same choice everywhere: where most parameters choose from one list of unordered values, as the edges
 * of a cell choose an operation, such points are the extremes of all that adds up over the parameters, as costs do.
 * A random point of six edges with five operations has all edges alike once in 3,125 times.
 */
import type { Random } from '../../base/index.js';
import type { Genome, Space } from '../space.js';

/** So many parameters must share the list. */
const leastMembers = 3;

/** One point for each choice of the list, what remains drawn at random, in random order; none without such a list. */
export function uniformPoints(space: Space<unknown>, random: Random): Genome[] {
  const numbers = new Set(space.columns.flatMap(({ kind, name }) => (kind === 'number' ? [name] : [])));
  const lists = new Map<string, number[]>();
  for (const column of space.columns) {
    if (column.kind !== 'category' || numbers.has(column.name)) continue;
    const gene = space.parameters.findIndex(({ name }) => name === column.name);
    lists.set(column.list, [...(lists.get(column.list) ?? []), gene]);
  }
  const family = [...lists.values()].find(
    ({ length }) => length >= leastMembers && 2 * length > space.parameters.length,
  );
  if (!family) return [];
  const choices = space.parameters[family[0] as number]?.values.map((_, choice) => choice) ?? [];
  return random.shuffle(choices).flatMap((choice) => {
    const genes = space.random(random).slice();
    for (const gene of family) genes[gene] = choice;
    return space.canonical(genes) ?? [];
  });
}
