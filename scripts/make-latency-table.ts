/**
 * Writes the tables of docs/hardware.md between their markers: MixNet-S, M and L on every profile, the errors that
 * the profiles state, and the estimates of compilers:
 *   npx tsx scripts/make-latency-table.ts [--check]
 * With --check nothing is written; the exit code says whether the tables are up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compilerTable } from '../bench/hardware/compilers.js';
import { formatBytes, packageRoot } from '../src/base/index.js';
import {
  createPredictor,
  loadProfile,
  type Prediction,
  type Profile,
  profileNames,
  type Source,
} from '../src/hardware/index.js';
import { lower, referenceArchitecture } from '../src/models/index.js';

const models = ['mixnet-s', 'mixnet-m', 'mixnet-l'] as const;
const resolutions = [224, 480] as const;
const page = join(packageRoot(), 'docs', 'hardware.md');
const marks: Readonly<Record<Source, string>> = {
  measured: 'm',
  simulated: 's',
  interpolated: 'i',
  extrapolated: 'x',
};

/** `m 12 i 5 x 48`: percent of the latency by source; the rest is overhead. */
function sources({ kernels, latencyMs }: Prediction): string {
  return (Object.keys(marks) as Source[])
    .flatMap((source) => {
      const us = kernels.reduce((sum, k) => sum + (k.source === source ? k.latencyUs : 0), 0);
      const percent = Math.round(us / latencyMs / 10);
      return percent > 0 ? [`${marks[source]} ${percent}`] : [];
    })
    .join(' ');
}

const ms = (value: number) =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

function table(resolution: number): string {
  const rows = profileNames().map((name) => {
    const predictor = createPredictor(loadProfile(name));
    const cells = models.map((model) => {
      const p = predictor.predict(lower(referenceArchitecture(model), { resolution }));
      return `**${ms(p.latencyMs)}** (${ms(p.lowMs)} to ${ms(p.highMs)}), ${formatBytes(p.peakMemoryBytes)}, ${sources(p)}`;
    });
    return `| \`${name}\` | ${cells.join(' | ')} |`;
  });
  return [
    `#### ${resolution}x${resolution} pixels`,
    '| profile | MixNet-S | MixNet-M | MixNet-L |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** Error on networks left out, as the profiles state it. */
function errors(): string {
  const figure = (value: number | undefined, digits: number) => value?.toFixed(digits) ?? '-';
  const cells = (e: NonNullable<Profile['error']>['models']) =>
    e
      ? [figure(e.mape, 2), figure(e.within10, 0), figure(e.spearman, 4), figure(e.coverage90, 0)]
      : ['-', '-', '-', '-'];
  const rows = profileNames().flatMap((name) => {
    const { error } = loadProfile(name);
    if (error === undefined) return [`| \`${name}\` | none claimed | | | | |`];
    const first = [`\`${name}\``, error.leftOut, ...cells(error)];
    return [
      `| ${first.join(' | ')} |`,
      ...(error.models ? [`| | model | ${cells(error.models).join(' | ')} |`] : []),
    ];
  });
  return [
    '| profile | left out | mean absolute error in % | % within 10 % | rank correlation | % inside the band |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** What was hidden from the fits, as the profiles state it. */
function checks(): string {
  const rows = profileNames().flatMap((name) =>
    (loadProfile(name).hidden ?? []).map(
      ({ what, points, width90 }) =>
        `| \`${name}\` | ${what} | ${points} | ${Math.exp(width90).toFixed(2)} |`,
    ),
  );
  return [
    '| profile | hidden | device kernels | nine in ten lie within a factor of |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** The page with what lies between the markers of a section replaced. */
function withSection(text: string, section: string, made: string): string {
  const [begin, end] = [`<!-- ${section}: begin -->`, `<!-- ${section}: end -->`];
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${page} has no ${begin} and ${end}`);
  return `${before}${begin}\n${made}\n${end}${after}`;
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const text = readFileSync(page, 'utf8');
const sections = {
  checks: checks(),
  compilers: compilerTable(),
  errors: errors(),
  'latency table': resolutions.map(table).join('\n\n'),
};
const made = Object.entries(sections).reduce((old, [name, lines]) => withSection(old, name, lines), text);
if (values.check) process.exitCode = made === text ? 0 : 1;
else writeFileSync(page, made);
