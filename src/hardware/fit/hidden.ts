/**
 * How far off device kernels are that nobody measured: measured ones are hidden, windows or a whole class, and
 * predicted from the others the way that truly unmeasured ones are.
 */
import type { KernelOp } from '../kernel.js';
import { createPricer } from '../predict/index.js';
import type { Profile } from '../profile/index.js';
import { fitKernelModels } from './kernel-models.js';
import type { TimedKernel } from './linear.js';

export type Hidden = NonNullable<Profile['hidden']>[number];

interface Check {
  readonly what: string;
  readonly known: readonly TimedKernel[];
  readonly hidden: readonly TimedKernel[];
}

/** Fewer device kernels than this say nothing. */
const fewestKnown = 20;
const fewestHidden = 5;

function checksOf(timed: readonly TimedKernel[]): Check[] {
  const of = (...ops: KernelOp[]) =>
    timed.filter(({ kernel }) => ops.includes(kernel.op) && kernel.dilation === 1);
  const depthwise = of('depthwise');
  const windows = [...new Set(depthwise.map((t) => t.kernel.kernel))].sort((a, b) => a - b);
  const above = (window: number): Check => ({
    what: `depthwise ${windows.filter((w) => w > window).join(' and ')}, from ${windows.filter((w) => w <= window).join(' and ')}`,
    known: depthwise.filter((t) => t.kernel.kernel <= window),
    hidden: depthwise.filter((t) => t.kernel.kernel > window),
  });
  return [
    ...windows.slice(0, -1).map(above),
    {
      what: 'grouped, from plain convolutions',
      known: of('conv', 'winograd', 'small-conv'),
      hidden: of('grouped'),
    },
    {
      what: 'concat, as a copy',
      known: of('depthwise', 'average-pool', 'max-pool', 'mean'),
      hidden: of('concat'),
    },
  ].filter(({ known, hidden }) => known.length >= fewestKnown && hidden.length >= fewestHidden);
}

/** Absolute logarithmic errors of each check. */
function errorsOf({ known, hidden }: Check, profile: Profile): number[] {
  const bare = { ...profile, models: fitKernelModels(known), table: { ...profile.table, entries: [] } };
  const pricer = createPricer(bare);
  return hidden.map(({ kernel, us }) => Math.abs(Math.log(pricer.us(kernel) / us)));
}

/**
 * @param profile fitted to these device kernels; of it only the mapping is used.
 * @returns what was hidden, and the width (natural logarithm of a factor either way) within which nine in ten
 *   kernels of each check lie, and of all checks together, each counting the same. 0 where nothing could be
 *   hidden.
 */
export function hideAndPredict(
  timed: readonly TimedKernel[],
  profile: Profile,
): { hidden: Hidden[]; width: number } {
  const checks = checksOf(timed).map((check) => ({ what: check.what, errors: errorsOf(check, profile) }));
  const within = (list: readonly { error: number; weight: number }[]) => {
    const sorted = list.toSorted((a, b) => a.error - b.error);
    const all = list.reduce((sum, { weight }) => sum + weight, 0);
    let sum = 0;
    return sorted.find(({ weight }) => (sum += weight) >= 0.9 * all)?.error ?? 0;
  };
  const weighted = checks.map(({ errors }) => errors.map((error) => ({ error, weight: 1 / errors.length })));
  return {
    hidden: checks.map(({ what, errors }, i) => ({
      what,
      points: errors.length,
      width90: within(weighted[i] ?? []),
    })),
    width: within(weighted.flat()),
  };
}
