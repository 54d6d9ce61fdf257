/** Fits what a whole network costs beyond its device kernels. */
import { median } from '../../base/index.js';
import type { KernelOp } from '../kernel.js';
import { busyUs } from '../predict/index.js';
import type { Profile } from '../profile/index.js';
import { weightedFit } from './solve/index.js';

/** One network: its priced device kernels and its measured time. */
export interface TimedNetwork {
  readonly kernels: readonly { readonly op: KernelOp; readonly us: number }[];
  readonly endToEndUs: number;
}

/** A network under one assumption about the least time of a device kernel. */
interface Summed {
  readonly sumUs: number;
  readonly denseUs: number;
  readonly endToEndUs: number;
}

/** With fewer networks than this only the scale is fitted; with fewer than that no square root, no least time. */
const fewestForTerms = 8;
const fewestForForm = 24;
/** How sharply the errors decide between two forms. */
const sharpness = 8;
/** Candidates for the least time of a device kernel, in µs: none, then a geometric series. */
const leastTimes = [0, ...Array.from({ length: 26 }, (_, i) => 2 * 1.25 ** i)];

function summed({ kernels, endToEndUs }: TimedNetwork, leastKernelUs: number): Summed {
  const sum = (list: typeof kernels) =>
    list.reduce((total, { us }) => total + busyUs({ leastKernelUs } as Profile['overhead'], us), 0);
  return { sumUs: sum(kernels), denseUs: sum(kernels.filter((k) => k.op === 'dense')), endToEndUs };
}

const columns = (n: Summed, root: boolean) =>
  root ? [n.sumUs, n.denseUs, 1, Math.sqrt(n.sumUs)] : [n.sumUs, n.denseUs, 1];

function fitTerms(networks: readonly Summed[], root: boolean): number[] {
  return weightedFit(
    networks.map((n) => columns(n, root).map((v) => v / n.endToEndUs)),
    // What is left once every device kernel is counted once: no network is faster than its kernels.
    networks.map((n) => (n.endToEndUs - n.sumUs) / n.endToEndUs),
  );
}

/** Relative error of one network. */
function errorOf(x: readonly number[], n: Summed): number {
  const more = columns(n, x.length > 3).reduce((sum, v, j) => sum + v * (x[j] as number), 0);
  return Math.abs((n.sumUs + more) / n.endToEndUs - 1);
}

const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;

/** The least time of a device kernel under which networks are explained best. */
function fitLeastTime(networks: readonly TimedNetwork[]): number {
  if (networks.length < fewestForForm) return 0;
  const errors = leastTimes.map((least) => {
    const sums = networks.map((n) => summed(n, least));
    const x = fitTerms(sums, false);
    return mean(sums.map((n) => errorOf(x, n)));
  });
  return leastTimes[errors.indexOf(Math.min(...errors))] as number;
}

/** Mean relative error on every tenth network left out. */
function leftOutError(networks: readonly Summed[], root: boolean): number {
  const errors = Array.from({ length: 10 }, (_, fold) => {
    const x = fitTerms(
      networks.filter((_n, i) => i % 10 !== fold),
      root,
    );
    return networks.filter((_n, i) => i % 10 === fold).map((n) => errorOf(x, n));
  });
  return mean(errors.flat());
}

/** How much of the square root to believe, from 0 to 1: the two forms are averaged by their errors. */
function trustInRoot(networks: readonly Summed[]): number {
  if (networks.length < fewestForForm) return 0;
  const ratio = leftOutError(networks, true) / leftOutError(networks, false);
  return 1 / (1 + ratio ** sharpness);
}

export function fitOverhead(networks: readonly TimedNetwork[]): Profile['overhead'] {
  if (networks.length < fewestForTerms) {
    const ratios = networks.map((n) => n.endToEndUs / summed(n, 0).sumUs);
    const scale = ratios.length === 0 ? 1 : Math.max(1, median(ratios));
    return { fixedUs: 0, scale, sqrtUs: 0, leastKernelUs: 0 };
  }
  const leastKernelUs = fitLeastTime(networks);
  const sums = networks.map((n) => summed(n, leastKernelUs));
  const trust = trustInRoot(sums);
  const plain = [...fitTerms(sums, false), 0];
  const rooted = trust > 0 ? fitTerms(sums, true) : plain;
  const mixed = plain.map((x, i) => x + trust * ((rooted[i] as number) - x));
  const [more = 0, denseMore = 0, fixedUs = 0, sqrtUs = 0] = mixed;
  return { fixedUs, scale: 1 + more, scales: { dense: 1 + more + denseMore }, sqrtUs, leastKernelUs };
}
