/** Makes a finished profile: fit, cross-validation, and from that the band and the stated error. */
import { MixnasError } from '../../base/index.js';
import { bandWidth } from '../predict/index.js';
import type { Measurements } from '../measurements.js';
import type { Profile } from '../profile/index.js';
import { type Agreement, agreement, compared } from '../agreement.js';
import { crossValidate, errorOf, type LeftOut, ownPredictive } from './cross-validate.js';
import type { ProfileDescription } from './description.js';
import { fitOnce, observationsOf, siblingsOf, timesOfTable } from './fit-profile.js';
import { hideAndPredict } from './hidden.js';
import { memoryWith, peaksOf } from './memory.js';
import { recalibratedPredictive } from './recalibrate.js';

/** The value below which a share of the list lies (a conformal quantile: never less than asked for). */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * (sorted.length + 1)) - 1)] ?? 0;
}

const deviation = ({ predictedUs, measuredUs }: LeftOut) => Math.abs(Math.log(predictedUs / measuredUs));

/** Least width for device kernels that nobody measured (a factor of 1.65 either way), where little could be hidden. */
const leastUnmeasured = 0.5;
/** Where no network can be left out: a factor of two either way. */
const unknownBand = { network: Math.log(2), interpolated: 0, extrapolated: 0, unmeasured: leastUnmeasured };

/**
 * The band: split conformal (Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World", 2005) on
 * networks that were left out. Its form, which grows with the share of device kernels that are not in the table,
 * is scaled until 90 % of them lie inside.
 */
function bandOf(left: readonly LeftOut[], unmeasured: number): Profile['band'] {
  const known = left.filter((l) => l.interpolated + l.extrapolated < 0.2);
  const network = quantile((known.length >= 10 ? known : left).map(deviation), 0.5);
  const form = { network, interpolated: network, extrapolated: 2 * network, unmeasured: 0 };
  const scale = quantile(
    left.map((l) => deviation(l) / bandWidth(form, l)),
    0.9,
  );
  const scaled = (width: number) => width * scale;
  return {
    network: scaled(form.network),
    interpolated: scaled(form.interpolated),
    extrapolated: scaled(form.extrapolated),
    unmeasured: Math.max(unmeasured, scaled(form.extrapolated)),
  };
}

/** @throws MixnasError `bad-data` when the measurements hold nothing of this device. */
export function tune(data: Measurements, head: ProfileDescription, device: string = head.name): Profile {
  const networks = observationsOf(data, device, head.mapping);
  const kind = data.source.kind;
  const siblings = siblingsOf(data, device, head.mapping);
  const fitted = {
    ...fitOnce(networks, head, kind, siblings),
    ...memoryWith(head.memory, peaksOf(networks), head.bytesPerValue),
  };
  const { hidden, width } = hideAndPredict(timesOfTable(fitted.table), fitted);
  const profile = { ...fitted, ...(hidden.length > 0 && { hidden }) };
  const unmeasured = Math.max(leastUnmeasured, width);
  const families = new Set(networks.filter((n) => n.endToEndUs !== undefined).map((n) => n.family));
  // Nothing can be left out: no error is claimed, and the band is wide.
  if (families.size < 3) return { ...profile, band: unknownBand };
  const leftOut = networks.some((n) => n.family !== n.name) ? 'family' : 'model';
  // Leaving out each of many networks alone takes hours and shows no more than a tenth at a time.
  const leave = leftOut === 'model' && families.size > 24 ? 'tenth' : leftOut;
  const left = crossValidate(networks, leave, ownPredictive(head, kind, siblings));
  const tenth =
    leftOut === 'model' ? left : crossValidate(networks, 'tenth', ownPredictive(head, kind, siblings));
  const mapeOf = (family: string) => errorOf(left.filter((l) => l.family === family)).mape;
  const judged = (leftOnes: readonly LeftOut[], leave: 'family' | 'model') => {
    const { mape, within10, spearman, coverage90 } = judge(leftOnes, leave, unmeasured);
    return { mape, within10, spearman, coverage90 };
  };
  return {
    ...profile,
    // The band is for networks whose like the profile has seen; the stated error is for those it has not.
    band: bandOf(tenth, unmeasured),
    error: {
      leftOut,
      networks: left.length,
      ...judged(left, leftOut),
      ...(leftOut === 'family' && {
        models: judged(tenth, 'model'),
        byFamily: Object.fromEntries([...families].map((family) => [family, mapeOf(family)])),
      }),
    },
  };
}

/** Judges networks left out. The band of each is calibrated on the other groups, so that it has no say in it. */
function judge(left: readonly LeftOut[], leave: 'family' | 'model', unmeasured: number): Agreement {
  const group = (l: LeftOut) => (leave === 'family' ? l.family : l.name);
  const bands = new Map(
    [...new Set(left.map(group))].map((out) => {
      const others = left.filter((l) => group(l) !== out);
      return [out, bandOf(others.length > 0 ? others : left, unmeasured)];
    }),
  );
  return agreement(
    left.map((l) => {
      const band = bands.get(group(l)) as Profile['band'];
      return compared(l.name, l.measuredUs, { ...l, us: l.predictedUs }, band);
    }),
  );
}

/**
 * Predictions of networks left out, with bands. A band is calibrated on the other left-out groups only, so
 * that what it must cover has no say in it.
 * @param leave what is left out together: each family, a tenth of the networks, or each network alone.
 */
export function crossValidatedAgreement(
  data: Measurements,
  profile: Profile,
  leave: 'family' | 'tenth' | 'model',
): Agreement {
  const networks = observationsOf(data, profile.name, profile.mapping);
  const timed = networks.filter((n) => n.endToEndUs !== undefined);
  const groups = new Set(timed.map((n) => (leave === 'family' ? n.family : n.name)));
  if (groups.size < 2) {
    const things = leave === 'family' ? 'families of networks' : 'networks';
    throw new MixnasError('bad-data', `${profile.name}: fewer than two ${things} were measured end to end.`, {
      remedy: 'To leave one out and predict it from the rest, measure more.',
    });
  }
  const predictive =
    profile.table.kind === 'scaled'
      ? recalibratedPredictive(profile)
      : ownPredictive(profile, data.source.kind, siblingsOf(data, profile.name, profile.mapping));
  const left = crossValidate(networks, leave, predictive);
  return judge(left, leave === 'family' ? 'family' : 'model', profile.band.unmeasured);
}
