/** The page of the gate study, from its results alone. */
import type { Case } from './cases.js';
import { kernels } from './cases.js';
import type { Result } from './run.js';

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
/** Standard deviation of a sample. */
const deviation = (values: readonly number[]) =>
  values.length < 2
    ? Number.NaN
    : Math.sqrt(values.reduce((sum, x) => sum + (x - mean(values)) ** 2, 0) / (values.length - 1));
const fixed = (value: number, digits = 2) => value.toFixed(digits);
const spread = (values: readonly number[], digits = 2) =>
  values.length < 2
    ? fixed(mean(values), digits)
    : `${fixed(mean(values), digits)} ± ${fixed(deviation(values), digits)}`;
const percents = (results: readonly Result[]) => results.map(({ accuracy }) => 100 * accuracy);
const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;

/** Mean kernel size, by the mean weights of a gate, for each class. */
const kernelByClass = (byClass: readonly (readonly number[])[]) =>
  byClass.map((weights) => {
    const total = weights.reduce((a, b) => a + b, 0);
    return weights.reduce((sum, weight, g) => sum + weight * (kernels[g] as number), 0) / total;
  });

/** How far apart the classes are: the largest, over the groups, of largest less smallest mean weight. */
const rangeOf = (byClass: readonly (readonly number[])[]) =>
  Math.max(
    ...kernels.map((_, g) => {
      const own = byClass.map((weights) => weights[g] as number);
      return Math.max(...own) - Math.min(...own);
    }),
  );

/** Differences of two cases, seed by seed. */
function pairs(first: readonly Result[], second: readonly Result[]): number[] {
  return first.flatMap(({ seed, accuracy }) => {
    const other = second.find((result) => result.seed === seed);
    return other ? [100 * (accuracy - other.accuracy)] : [];
  });
}

function accuracyTable(cases: readonly Case[], results: ReadonlyMap<string, readonly Result[]>): string[] {
  return [
    row([
      'network',
      'test accuracy, %',
      'seeds',
      'each seed',
      'MACs',
      'expected MACs',
      'share',
      'parameters',
    ]),
    row(['---', '---:', '---:', '---', '---:', '---:', '---:', '---:']),
    ...cases.flatMap(({ name, about }) => {
      const own = results.get(name) ?? [];
      const [first] = own;
      if (!first) return [];
      const expected = own.map(({ expectedMacs }) => expectedMacs);
      return [
        row([
          `${name}: ${about}`,
          spread(percents(own)),
          own.length,
          percents(own)
            .map((value) => fixed(value))
            .join(', '),
          Math.round(first.macs),
          Math.round(mean(expected)),
          `${fixed((100 * mean(expected)) / first.macs, 1)} %`,
          first.params,
        ]),
      ];
    }),
  ];
}

/** Says which trainings are still to be done. */
function unfinished(
  cases: readonly Case[],
  results: ReadonlyMap<string, readonly Result[]>,
  seeds: readonly number[],
): string[] {
  const missing = cases.flatMap(({ name }) => {
    const done = results.get(name)?.length ?? 0;
    return done < seeds.length ? [`\`${name}\` (${done} of ${seeds.length} seeds)`] : [];
  });
  return missing.length === 0 ? [] : ['', `Not finished: ${missing.join(', ')}.`];
}

function comparison(
  [first, second]: readonly [string, string],
  results: ReadonlyMap<string, readonly Result[]>,
): string[] {
  const differences = pairs(results.get(first) ?? [], results.get(second) ?? []);
  if (differences.length === 0) return [];
  const better = differences.filter((value) => value > 0).length;
  const error = deviation(differences) / Math.sqrt(differences.length);
  const certainty = Number.isFinite(error) ? ` (standard error ${fixed(error)})` : '';
  return [
    `- \`${first}\` less \`${second}\`: ${spread(differences)} points${certainty}, better in ` +
      `${better} of ${differences.length} seeds: ${differences.map((value) => fixed(value)).join(', ')}.`,
  ];
}

function classTable(gated: readonly Result[], classes: number): string[] {
  const names = Object.keys(gated[0]?.gates ?? {});
  const by = (field: 'gates' | 'shuffled', name: string) =>
    gated.map((result) => result[field]?.[name]?.byClass ?? []);
  return [
    row(['gate', 'range over classes', 'the same, labels shuffled']),
    row(['---', '---:', '---:']),
    ...names.map((name) =>
      row([
        name,
        ...(['gates', 'shuffled'] as const).map((field) => spread(by(field, name).map(rangeOf), 3)),
      ]),
    ),
    '',
    'Mean kernel size by class, the classes from the shortest to the longest wave:',
    '',
    row(['gate', ...Array.from({ length: classes }, (_, c) => c + 1)]),
    row(['---', ...Array.from({ length: classes }, () => '---:')]),
    ...names.map((name) => {
      const sizes = by('gates', name).map(kernelByClass);
      return row([
        name,
        ...Array.from({ length: classes }, (_, c) => fixed(mean(sizes.map((own) => own[c] as number)))),
      ]);
    }),
  ];
}

/** The page as Markdown. */
export function pageOf(
  cases: readonly Case[],
  results: ReadonlyMap<string, readonly Result[]>,
  about: {
    readonly steps: number;
    readonly size: number;
    readonly classes: number;
    readonly seeds: readonly number[];
  },
): string {
  return [
    '# Do gates help where classes differ by scale?',
    '',
    `Made by \`npm run study:gates\`. Data: \`textures\`, ${about.classes} classes, ${about.size} training images of`,
    `32x32; ${about.steps} steps of 64 images by the default recipe; accuracy on the test images, which nothing else`,
    'touches. The networks have three blocks of kernels 3, 7 and 11. Deviations are standard deviations over seeds.',
    'Expected MACs count a group only for the images for which its hard gate lets it run, on the test images.',
    '',
    ...accuracyTable(cases, results),
    ...unfinished(cases, results, about.seeds),
    '',
    'Seed by seed:',
    '',
    ...comparison(['soft', 'ungated'], results),
    ...comparison(['small-soft', 'small-ungated'], results),
    ...comparison(['hard-full', 'ungated'], results),
    ...comparison(['hard-half', 'hard-full'], results),
    ...comparison(['hard-half', 'soft'], results),
    ...comparison(['hard-half', 'ungated'], results),
    '',
    '## What the gates look at',
    '',
    'How far the mean weights of a group lie apart between the classes (largest less smallest,',
    'of the group where this is most), next to what shuffled labels give, which is chance.',
    '',
    ...['soft', 'hard-half', 'small-soft'].flatMap((name) => {
      const gated = (results.get(name) ?? []).filter(({ gates }) => gates !== undefined);
      return gated.length > 0 ? [`### \`${name}\``, '', ...classTable(gated, about.classes), ''] : [];
    }),
  ].join('\n');
}
