/** A transferred profile, judged again on the networks that it was made from. */
import { MixnasError } from '../../base/index.js';
import { type Agreement, agreement, compared } from '../agreement.js';
import { observationsOf } from '../fit/index.js';
import type { Measurements } from '../measurements.js';
import type { Profile } from '../profile/index.js';
import { judgedMix } from './judge.js';
import { createSource } from './source.js';

/** The parts of a mixture as the profiles that they were, without what a transfer does not read. */
export function sourcesOf(profile: Profile) {
  const { mixture, ...rest } = profile;
  const table = { ...rest.table, entries: [] };
  return (mixture?.parts ?? []).map(({ profile: name, mapping, overhead, models }) =>
    createSource({ ...rest, name, mapping, overhead, models, table }),
  );
}

/**
 * Each network predicted by a mixture of the same devices that was found without it.
 * @throws MixnasError `bad-data` for fewer than three networks.
 */
export function transferredAgreement(data: Measurements, profile: Profile): Agreement {
  const sources = sourcesOf(profile);
  const timed = observationsOf(data, profile.name, profile.mapping).flatMap(
    ({ name, kernels, endToEndUs }) =>
      endToEndUs === undefined ? [] : [{ name, kernels: kernels.map(({ kernel }) => kernel), endToEndUs }],
  );
  const { leftOut, method } = judgedMix(
    timed.map(({ kernels, endToEndUs }) => ({
      parts: sources.map((source) => source.partsOf(kernels)),
      us: endToEndUs,
    })),
  );
  if (leftOut === undefined) {
    throw new MixnasError(
      'bad-data',
      `${profile.name}: fewer than three networks were measured end to end.`,
      {
        remedy: 'To leave one out and predict it from the rest, measure more.',
      },
    );
  }
  const shares = { interpolated: 0, extrapolated: 0, unmeasured: 0 };
  return agreement(
    (leftOut[method] ?? leftOut.mixture).map(({ predictedUs, measuredUs }, i) =>
      compared(timed[i]?.name ?? '', measuredUs, { ...shares, us: predictedUs }, profile.band),
    ),
  );
}
