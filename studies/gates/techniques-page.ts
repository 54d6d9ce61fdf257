/** The page of the techniques, from their results alone. */
import type { Technique, TechniqueResult } from './techniques.js';

/** Results of a technique by seed. */
export type BySeed = ReadonlyMap<number, TechniqueResult>;

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const deviation = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, x) => sum + (x - mean(values)) ** 2, 0) / (values.length - 1));
const spread = (values: readonly number[]) =>
  values.length < 2
    ? mean(values).toFixed(2)
    : `${mean(values).toFixed(2)} ± ${deviation(values).toFixed(2)}`;
const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;

/** Accuracy of a technique less that of another in percentage points, of the seeds that both have. */
export function differences(first: BySeed, second: BySeed): number[] {
  return [...first].flatMap(([seed, { accuracy }]) => {
    const other = second.get(seed);
    return other ? [100 * (accuracy - other.accuracy)] : [];
  });
}

/** How often each group runs, gate by gate, over all seeds: `3: 100, 7: 60, 11: 5`. */
function runsText(results: BySeed): string {
  const all = [...results.values()].map(({ runs }) => runs);
  const names = Object.keys(all[0] ?? {});
  return names
    .map((name) => {
      const groups = all[0]?.[name]?.length ?? 0;
      return Array.from({ length: groups }, (_, g) =>
        (100 * mean(all.map((runs) => runs[name]?.[g] ?? 0))).toFixed(0),
      ).join('/');
    })
    .join(', ');
}

/** The page as Markdown. */
export function techniquesPage(
  techniques: readonly Technique[],
  results: ReadonlyMap<string, BySeed>,
  about: {
    readonly steps: number;
    readonly size: number;
    readonly classes: number;
    readonly seeds: readonly number[];
  },
): string {
  const of = (name: string): BySeed => results.get(name) ?? new Map();
  const compared = (name: string, other: string) => {
    const values = name === other ? [] : differences(of(name), of(other));
    return values.length > 0 ? spread(values) : '';
  };
  const missing = techniques.flatMap(({ name }) =>
    of(name).size < about.seeds.length ? [`\`${name}\` (${of(name).size} of ${about.seeds.length})`] : [],
  );
  return [
    '# Hard gates at half of the MACs: what was tried',
    '',
    `Made by \`npm run study:gates -- --techniques --steps ${about.steps}\`. \`textures\`, ${about.classes} classes, ${about.size} training`,
    `images of 32x32; ${about.steps} steps of 64 images in all, those before gates are hard included; accuracy on the test images,`,
    'which nothing else touches. The network is that of [gates.md](gates.md). Differences are seed by seed; ± is the',
    'standard deviation over seeds. `runs`: of the test images, how often each kernel (3/7/11) of each of the three blocks runs.',
    '',
    row([
      'technique',
      'test accuracy, %',
      'seeds',
      'less `open`',
      'less `half`',
      'less `static`',
      'share of MACs',
      'runs, %',
    ]),
    row(['---', '---:', '---:', '---:', '---:', '---:', '---:', '---']),
    ...techniques.flatMap(({ name, about: text }) => {
      const own = [...of(name).values()];
      if (own.length === 0) return [];
      const share = mean(own.map(({ expectedMacs: expected, macs }) => expected / macs));
      const whole = [...of('open').values()][0]?.macs ?? (own[0] as TechniqueResult).macs;
      const scaled = (share * (own[0] as TechniqueResult).macs) / whole;
      return [
        row([
          `\`${name}\`: ${text}`,
          spread(own.map(({ accuracy }) => 100 * accuracy)),
          own.length,
          compared(name, 'open'),
          compared(name, 'half'),
          compared(name, 'static'),
          `${(100 * scaled).toFixed(1)} %`,
          runsText(of(name)),
        ]),
      ];
    }),
    '',
    ...(missing.length > 0 ? [`Seeds that are not done: ${missing.join(', ')}.`, ''] : []),
    'Batch norms of their own by number of running groups were not built: the norm behind a mixed convolution comes before its',
    'gate, so its statistics do not depend on that gate; those of the projection do, and would need variables by number and a',
    'choice by image in every exported file.',
    '',
  ].join('\n');
}
