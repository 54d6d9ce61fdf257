/**
 * Points of a plain space as numbers that a surrogate can learn from: every parameter as a category; its
 * rank where its values are ordered numbers; and, where several parameters choose from one list, as the
 * edges of a cell do, how often each value is chosen or how large the values are on average. In networks
 * the last says most: three 3x3 convolutions cost three times as much wherever they are.
 */
import { groupBy } from '../../base/index.js';
import type { FeatureColumn, FeatureSource, Genome, ParameterValue } from './space.js';

interface Described {
  readonly name: string;
  readonly values: readonly ParameterValue[];
  readonly ordered: boolean;
}

/** Parameters that choose from the same list. */
interface Family {
  readonly members: readonly number[];
  readonly values: readonly ParameterValue[];
  readonly ordered: boolean;
}

/** As many members make a family. */
export const leastMembers = 3;
/** Longer lists are not counted value by value. */
const mostCounted = 8;
/** In longer lists of ordered numbers hardly two points share a value: what is smooth is learnt from ranks. */
const mostPrimary = 8;

export function createFeatures(
  parameters: readonly Described[],
  isActive: (genome: Genome, i: number) => boolean,
): { readonly columns: readonly FeatureColumn[]; encode(genome: Genome): Float64Array } {
  const listOf = ({ values }: Described) => JSON.stringify(values);
  const families = familiesOf(parameters, listOf);
  const counted = families.filter((f) => f.values.length > 1 && f.values.length <= mostCounted);
  const averaged = families.filter((f) => f.ordered && f.values.length > 2);
  const ranked = parameters.map(({ ordered, values }) => ordered && values.length > 2);

  const sourceOf = ({ name, values }: Described): FeatureSource => ({ name, levels: values.length + 1 });
  const columns: FeatureColumn[] = [
    ...parameters.map((p): FeatureColumn => {
      const [source, choices] = [sourceOf(p), p.values.length];
      const secondary = p.ordered && choices > mostPrimary;
      return { name: p.name, kind: 'category', choices, list: listOf(p), source, secondary };
    }),
    ...parameters.flatMap((p, i): FeatureColumn[] =>
      ranked[i] ? [{ name: p.name, kind: 'number', source: sourceOf(p) }] : [],
    ),
    ...counted.flatMap(({ members, values }, f) =>
      values.map((value): FeatureColumn => {
        const name = `count of ${String(value)}`;
        return {
          name,
          kind: 'number',
          source: { name: `${name} in family ${f}`, levels: members.length + 1 },
        };
      }),
    ),
    ...averaged.map((): FeatureColumn => ({ name: 'average', kind: 'number' })),
  ];

  function encode(genome: Genome): Float64Array {
    const features = new Float64Array(columns.length);
    let next = 0;
    const active = parameters.map((_, i) => isActive(genome, i));
    for (const isThere of active) {
      features[next] = isThere ? (genome[next] as number) : -1;
      next++;
    }
    parameters.forEach(({ values }, i) => {
      // An inactive number sits in the middle, at the same distance from both ends.
      if (ranked[i]) features[next++] = active[i] ? (genome[i] as number) / (values.length - 1) : 0.5;
    });
    for (const { members, values } of counted) {
      for (const i of members) {
        const place = next + (genome[i] as number);
        if (active[i]) features[place] = (features[place] as number) + 2 / members.length;
      }
      next += values.length;
    }
    for (const { members, values } of averaged) {
      let sum = 0;
      for (const i of members) if (active[i]) sum += (genome[i] as number) / (values.length - 1);
      features[next++] = (2 * sum) / members.length;
    }
    return features;
  }
  return { columns, encode };
}

function familiesOf(parameters: readonly Described[], listOf: (p: Described) => string): Family[] {
  const lists = groupBy([...parameters.keys()], (i) => listOf(parameters[i] as Described));
  return [...lists.values()]
    .filter((members) => members.length >= leastMembers)
    .map((members) => {
      const { values, ordered } = parameters[members[0] as number] as Described;
      return { members, values, ordered };
    });
}
