/** How many distinct points a conditional space has, without walking it. */

interface Conditional {
  readonly values: readonly unknown[];
  readonly conditions: readonly { readonly parent: number; readonly choices: ReadonlySet<number> }[];
}

/**
 * The exact number of canonical genomes. Parameters are counted in order; what is remembered between
 * them is only the choices that later conditions still ask about, so equal situations are counted once.
 */
export function countGenomes(parameters: readonly Conditional[]): bigint {
  /** The last parameter that asks about parameter i; -1 when none does. */
  const lastUse = parameters.map(() => -1);
  parameters.forEach((p, i) => {
    for (const { parent } of p.conditions) lastUse[parent] = i;
  });

  /** Choices (inactive: -1) of the parameters still asked about, as text, to how many ways lead there. */
  let states = new Map<string, { choices: ReadonlyMap<number, number>; ways: bigint }>([
    ['', { choices: new Map(), ways: 1n }],
  ]);
  parameters.forEach(({ values, conditions }, i) => {
    const next: typeof states = new Map();
    const put = (choices: ReadonlyMap<number, number>, ways: bigint) => {
      const kept = new Map([...choices].filter(([parent]) => (lastUse[parent] as number) > i));
      const key = [...kept].join(';');
      const same = next.get(key);
      if (same) same.ways += ways;
      else next.set(key, { choices: kept, ways });
    };
    for (const { choices, ways } of states.values()) {
      const active = conditions.every(({ parent, choices: allowed }) =>
        allowed.has(choices.get(parent) as number),
      );
      if ((lastUse[i] as number) < 0) put(choices, ways * BigInt(active ? values.length : 1));
      else if (!active) put(new Map(choices).set(i, -1), ways);
      else values.forEach((_, choice) => put(new Map(choices).set(i, choice), ways));
    }
    states = next;
  });
  let total = 0n;
  for (const { ways } of states.values()) total += ways;
  return total;
}
