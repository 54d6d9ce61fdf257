/**
 * Points with the same choice everywhere: where most parameters choose from one list of unordered values, as the edges
 * of a cell choose an operation, such points are the extremes of all that adds up over the parameters, as costs do.
 * A random point of six edges with five operations has the same operation on all edges once in 3,125 times.
 */
import { type Random, groupBy } from '../../base/index.js';
import { leastMembers, type Genome, type Space } from '../space/index.js';

/** One point for each choice of the list, what remains drawn at random, in random order; none without such a list. */
export function uniformPoints(space: Space<unknown>, random: Random): Genome[] {
  const ordered = new Set(space.columns.flatMap(({ kind, name }) => (kind === 'number' ? [name] : [])));
  const unordered = space.columns.flatMap((column) =>
    column.kind === 'category' && !ordered.has(column.name) ? [column] : [],
  );
  const family = [...groupBy(unordered, ({ list }) => list).values()].find(
    ({ length }) => length >= leastMembers && 2 * length > space.parameters.length,
  );
  if (!family) return [];
  const genes = family.map((column) => space.parameters.findIndex(({ name }) => name === column.name));
  const choices = Array.from({ length: family[0]?.choices ?? 0 }, (_, choice) => choice);
  return random.shuffle(choices).flatMap((choice) => {
    const point = space.random(random).slice();
    for (const gene of genes) point[gene] = choice;
    return space.canonical(point) ?? [];
  });
}
