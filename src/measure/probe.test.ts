import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../base/index.js';
import { findProbeEffect, withoutProbe } from './probe.js';

/** Networks of 20 to 200 nodes, timed on a machine that is up to 5 % slower or faster from one to the next. */
function networks(probeUs: number, fixedUs: number, seed: string) {
  const random = createRandom(seed);
  return Array.from({ length: 60 }, () => {
    const scale = 10 ** (random.next() * 2);
    const times = Array.from({ length: 20 + random.int(180) }, () => 0.5 + scale * random.next());
    const us = fixedUs + times.reduce((a, b) => a + b, 0);
    const pace = 0.95 + 0.1 * random.next();
    return { us, nodes: times.map((time, i) => ({ node: `n${i}`, us: pace * time + probeUs })) };
  });
}

test('what timing adds to each node is found from networks of many sizes', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.5, max: 4, noNaN: true }), fc.string(), (probeUs, seed) => {
      const found = findProbeEffect(networks(probeUs, 20, seed));
      expect(Math.abs(found.probeUs - probeUs)).toBeLessThan(0.5);
    }),
    { numRuns: 30 },
  );
});

test('without it, the nodes and the fixed cost add up to the network, and no node takes no time', () => {
  const list = networks(2, 15, 'sum');
  const effect = findProbeEffect(list);
  for (const network of list) {
    const nodes = withoutProbe(network, effect);
    const sum = nodes.reduce((total, { us }) => total + us, 0);
    expect(sum + effect.fixedUs).toBeCloseTo(network.us, 6);
    for (const { us } of nodes) expect(us).toBeGreaterThan(0);
  }
});

test('networks without timed nodes say nothing', () => {
  expect(findProbeEffect([{ us: 10, nodes: [] }])).toEqual({ probeUs: 0, fixedUs: 0 });
});
