/** A profile for a device from those of others and from a few networks that were measured on it. */
import { MixnasError, median, spearman } from '../../base/index.js';
import { type Kernel, kernelOfRow, kernelOps } from '../kernel.js';
import { createPricer } from '../predict/index.js';
import { type Profile, profileVersion, transferClasses } from '../profile/index.js';
import type { ProfileDescription } from '../fit/index.js';
import { type Expected, expectedErrors, type Judged, judgedMix, mapeOf, type Method } from './judge.js';
import { kinOf } from '../kin.js';
import { type Example, type Mix, mixedUs } from './mix.js';
import { createSource, fixedPart, rootPart, type Source, totalUs } from './source.js';

/** A network that was measured on the new device. */
export interface TransferNetwork {
  readonly model: string;
  readonly kernels: readonly Kernel[];
  readonly endToEndUs: number;
}

/** How a profile was transferred. */
export interface Transfer {
  readonly profile: Profile;
  /** The devices that it comes from and the share of each in the latency of the networks, largest first. */
  readonly sources: readonly { readonly profile: string; readonly share: number }[];
  /** `mixture`; or where that was nearer to networks left out `scaled`, the nearest device, or `mean`, all at equal shares. */
  readonly method: Method;
  /** Error of both on networks left out, in percent; absent for fewer than three networks. */
  readonly leftOut?: { readonly mixture: number; readonly scaled: number };
  /** The error to expect with so many more networks; empty where there are too few to say. */
  readonly expected: readonly Expected[];
}

/** Shares of the latency below this are noise. */
const leastShare = 1e-3;

/** The sources without those whose share is nothing, and the examples and mix without them. */
function narrowed(sources: readonly Source[], examples: readonly Example[], mix: Mix) {
  const share = (s: number) =>
    median(
      examples.map(({ parts }) => {
        const own = { ...mix, weights: mix.weights.map((w, i) => (i === s ? w : 0)) };
        return mixedUs(own, parts) / mixedUs(mix, parts);
      }),
    );
  return sources
    .map((source, s) => ({ source, weight: mix.weights[s] as number, share: share(s), at: s }))
    .filter((part) => part.share > leastShare)
    .sort((a, b) => b.share - a.share);
}

/**
 * @param profiles all there are: those that are like the device, and price every class, are chosen from them.
 * @throws MixnasError `bad-data` without networks or profiles.
 */
export function transfer(
  profiles: readonly Profile[],
  head: ProfileDescription,
  networks: readonly TransferNetwork[],
): Transfer {
  const whole = profiles.filter(({ models }) => kernelOps.every((op) => models[op] !== undefined));
  const sources = kinOf(head, whole).map(createSource);
  if (networks.length === 0 || sources.length === 0) {
    const missing = networks.length === 0 ? 'network was measured' : 'profile can be transferred from';
    throw new MixnasError('bad-data', `${head.name}: no ${missing}.`);
  }
  const examples = networks.map(({ kernels, endToEndUs }) => ({
    parts: sources.map((source) => source.partsOf(kernels)),
    us: endToEndUs,
  }));
  const { mix, method, leftOut } = judgedMix(examples);
  const parts = narrowed(sources, examples, mix);
  const used = parts.map(({ source }) => source.profile);
  const origins = [...head.sources, ...used.flatMap(({ sources: origin }) => origin)];
  const described = {
    ...head,
    sources: origins.filter(({ title }, i) => origins.findIndex((o) => o.title === title) === i),
    notes: [...(head.notes ?? []), noteOf(parts, examples.length)],
  };
  const profile = {
    ...profileOf(described, parts, mix, examples),
    ...errorOf(parts[0]?.source.profile as Profile, leftOut?.[method]),
  };
  return {
    profile,
    sources: parts.map(({ source, share }) => ({ profile: source.profile.name, share })),
    method,
    ...(leftOut && { leftOut: { mixture: mapeOf(leftOut.mixture), scaled: mapeOf(leftOut.scaled) } }),
    expected: leftOut ? expectedErrors(examples, mapeOf(leftOut[method] ?? leftOut.mixture), head.name) : [],
  };
}

/** Where the figures of a transferred profile come from, for its reader. */
function noteOf(
  parts: readonly { readonly source: Source; readonly share: number }[],
  networks: number,
): string {
  const whole = parts.reduce((sum, { share }) => sum + share, 0);
  const shares = parts.map(
    ({ source, share }) => `${source.profile.name} ${Math.round((100 * share) / whole)} %`,
  );
  return `Transferred from ${shares.join(', ')} by ${networks} measured networks: no device kernel was timed on this device.`;
}

/** The band is that of the largest part, widened to hold the networks that were left out. */
function errorOf(largest: Profile, left: readonly Judged[] | undefined): Pick<Profile, 'band' | 'error'> {
  const { band } = largest;
  if (left === undefined) return { band: { ...band, network: Math.max(band.network, Math.log(2)) } };
  const deviations = left.map((j) => Math.abs(Math.log(j.predictedUs / j.measuredUs))).sort((a, b) => a - b);
  const at = Math.min(deviations.length - 1, Math.ceil(0.9 * (deviations.length + 1)) - 1);
  const within = left.filter((j) => Math.abs(j.predictedUs / j.measuredUs - 1) <= 0.1).length;
  const rank = spearman(
    left.map((j) => j.predictedUs),
    left.map((j) => j.measuredUs),
  );
  return {
    band: { ...band, network: Math.max(band.network, deviations[at] as number) },
    error: {
      leftOut: 'model',
      networks: left.length,
      mape: mapeOf(left),
      within10: (100 * within) / left.length,
      ...(rank !== undefined && { spearman: rank }),
    },
  };
}

/** The mixture as a profile, without band and error. */
function profileOf(
  head: ProfileDescription,
  parts: readonly { readonly source: Source; readonly weight: number; readonly at: number }[],
  { factors }: Mix,
  examples: readonly Example[],
): Omit<Profile, 'band' | 'error'> {
  const sum = (parts_: Example, part: number) =>
    parts.reduce((us, { weight, at }) => us + weight * ((parts_.parts[at] as number[])[part] as number), 0) *
    (factors[part] as number);
  const kernelsUs = (example: Example) => totalUs(transferClasses.map((_, c) => sum(example, c)));
  const round = (value: number) => Number(value.toPrecision(6));
  const mixture: NonNullable<Profile['mixture']> = {
    factors: Object.fromEntries(
      transferClasses.map((name, c) => [name, round(factors[c] as number)]),
    ) as NonNullable<Profile['mixture']>['factors'],
    parts: parts.map(({ source: { profile }, weight }) => ({
      profile: profile.name,
      weight: round(weight),
      mapping: profile.mapping,
      overhead: profile.overhead,
      models: profile.models,
    })),
  };
  const largest = (parts[0] as (typeof parts)[0]).source.profile;
  const bare = {
    format: 'mixnas-profile',
    version: profileVersion,
    ...head,
    batch: 1,
    overhead: {
      fixedUs: round(sum(examples[0] as Example, fixedPart)),
      scale: 1,
      // Roots of parts are no root of their sum, but nearly so for networks of a size.
      sqrtUs: round(median(examples.map((e) => sum(e, rootPart) / Math.sqrt(kernelsUs(e))))),
      leastKernelUs: 0,
    },
    models: {},
    mixture,
    table: { kind: 'scaled', models: largest.table.models, entries: [] },
    band: largest.band,
  } satisfies Profile;
  const pricer = createPricer(bare);
  const { band: _, ...profile } = bare;
  return {
    ...profile,
    table: {
      ...bare.table,
      entries: largest.table.entries.map(({ op, shape, models }) => ({
        op,
        shape,
        us: models.map(() => round(pricer.us(kernelOfRow(op, shape)))),
        models,
      })),
    },
  };
}
