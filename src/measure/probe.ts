/**
 * What timing its nodes does to a network. Reading the clock adds about the same to every node, and running
 * a network costs something that no node has: whole = fixed + the sum of its nodes - probe x their number.
 * Both are fitted to all networks together; what is left, the machine having been faster or slower while the
 * nodes were timed, is taken off each network by one factor.
 */
import { upperMedian } from '../base/index.js';
import type { NodeTime } from './attribute.js';

export interface TimedWhole {
  readonly us: number;
  readonly nodes: readonly NodeTime[];
}

export interface ProbeEffect {
  /** µs that timing adds to each node. */
  readonly probeUs: number;
  /** µs of a run outside its nodes. */
  readonly fixedUs: number;
}

/** Below this a time is noise of the clock. */
const leastUs = 0.05;
const rounds = 8;

const sumOf = (nodes: readonly NodeTime[]) => nodes.reduce((total, { us }) => total + us, 0);

/**
 * Least squares of the relative deviations, with networks that deviate much counting less. Small networks
 * decide, as they should: there it is what matters.
 */
export function findProbeEffect(networks: readonly TimedWhole[]): ProbeEffect {
  const rows = networks
    .filter(({ nodes }) => nodes.length > 0)
    .map(({ us, nodes }) => ({ n: nodes.length / us, one: 1 / us, excess: sumOf(nodes) / us - 1 }));
  let weights = rows.map(() => 1);
  let probeUs = 0;
  let fixedUs = 0;
  for (let round = 0; round < rounds; round++) {
    const sum = (of: (row: (typeof rows)[0]) => number) =>
      rows.reduce((total, row, i) => total + (weights[i] as number) * of(row), 0);
    const [nn, n1, ones] = [sum((r) => r.n ** 2), sum((r) => r.n * r.one), sum((r) => r.one ** 2)];
    const [ne, oneE] = [sum((r) => r.n * r.excess), sum((r) => r.one * r.excess)];
    const determinant = nn * ones - n1 * n1;
    // excess = probe x n - fixed x one
    const solved = determinant > 1e-12 * nn * ones;
    probeUs = solved ? (ne * ones - oneE * n1) / determinant : ne / (nn || 1);
    fixedUs = solved ? -(nn * oneE - n1 * ne) / determinant : 0;
    if (fixedUs < 0) [fixedUs, probeUs] = [0, ne / (nn || 1)];
    if (probeUs < 0) probeUs = 0;
    const off = rows.map((r) => Math.abs(r.excess - probeUs * r.n + fixedUs * r.one));
    const limit = 2 * upperMedian(off) + 1e-9;
    weights = off.map((deviation) => Math.min(1, limit / deviation));
  }
  return { probeUs, fixedUs };
}

/** The nodes of a network without the probe's effect; with `fixedUs` they add up to the whole. */
export function withoutProbe({ us, nodes }: TimedWhole, effect: ProbeEffect): NodeTime[] {
  const bare = nodes.map((node) => ({ node: node.node, us: Math.max(leastUs, node.us - effect.probeUs) }));
  const factor = Math.max(leastUs, us - effect.fixedUs) / sumOf(bare);
  return bare.map((node) => ({ node: node.node, us: node.us * factor }));
}
