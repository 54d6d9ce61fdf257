import { describe, expect, it } from 'vitest';
import { createPredictor, loadProfile } from '../../hardware/index.js';
import { resolveGraph } from './graph.js';
import type { Cut } from './cuts.js';
import { type SplitReport, bestFrom, split } from './split.js';

const options = { profile: 'mali-g76', server: '4', bandwidthMbps: 20, rttMs: 30 } as const;

/** What a cut takes at a bandwidth, from its parts. */
const totalAt = ({ phoneMs, serverMs, bytes }: Cut, mbps: number, rttMs: number) =>
  phoneMs + serverMs + (bytes === 0 ? 0 : rttMs + (8 * bytes) / 1000 / mbps);

const least = ({ cuts }: SplitReport, mbps: number, rttMs: number) =>
  Math.min(...cuts.map((cut) => totalAt(cut, mbps, rttMs)));

describe('split', () => {
  it('ends in the whole network on the phone, and begins with all of it on the server', async () => {
    const { allOnPhone, allOnServer, cuts } = await split('mixnet-s', options);
    const { graph } = resolveGraph('mixnet-s');
    const alone = createPredictor(loadProfile('mali-g76')).predict(graph);
    expect(allOnPhone.totalMs).toBeCloseTo(alone.latencyMs, 6);
    expect(allOnPhone.lowMs).toBeCloseTo(alone.lowMs, 6);
    expect(allOnPhone).toMatchObject({ serverMs: 0, bytes: 0, transferMs: 0 });
    // The image as bytes, and 1000 logits back.
    expect(allOnServer).toMatchObject({ phoneMs: 0, bytes: 224 * 224 * 3 + 4000 });
    expect(allOnServer.serverMs).toBeCloseTo(4, 6);
    expect(allOnServer.transferMs).toBeCloseTo(30 + ((224 * 224 * 3 + 4000) * 8) / 20_000, 6);
    expect(cuts.length).toBeGreaterThan(50);
    for (let i = 1; i < cuts.length; i++) {
      expect(cuts[i]?.phoneMs).toBeGreaterThanOrEqual(cuts[i - 1]?.phoneMs ?? 0);
      expect(cuts[i]?.serverMs).toBeLessThanOrEqual(cuts[i - 1]?.serverMs ?? 0);
    }
  });

  it('sends every tensor that crosses: of a residual block two', async () => {
    const { cuts } = await split('mobilenet-v2', { ...options, precision: 'int8' });
    const { graph } = resolveGraph('mobilenet-v2');
    const size = (name: string | undefined) => {
      const [height = 0, width = 0, channels = 0] = graph.ops.find((op) => op.name === name)?.shape ?? [];
      return height * width * channels;
    };
    // Within block 2, which adds its input: that of block 1 is still wanted.
    const within = cuts.find(({ after }) => after?.startsWith('blocks.2.expand'));
    expect(graph.ops.some(({ name }) => name === 'blocks.2.add')).toBe(true);
    const input = graph.ops.find(({ name }) => name === 'blocks.2.expand')?.inputs[0] ?? -1;
    expect(within?.bytes).toBe(size(within?.after) + size(graph.ops[input]?.name) + 4000);
  });

  it.each(['hexagon-8gen3', '4', '0.5'])(
    'finds the best cut at every bandwidth, with server %s',
    async (server) => {
      for (const rttMs of [0, 3, 30]) {
        const report = await split('mixnet-m', { ...options, profile: 'adreno-616', server, rttMs });
        expect(report.best.totalMs).toBeCloseTo(least(report, 20, rttMs), 9);
        for (let power = -2; power <= 5; power += 0.1) {
          const mbps = 10 ** power;
          const now = report.bestFrom.findLast(({ fromMbps }) => fromMbps <= mbps);
          expect(now && totalAt(now.cut, mbps, rttMs)).toBeCloseTo(least(report, mbps, rttMs), 6);
        }
      }
    },
  );

  it('without a network only what sends nothing is possible', () => {
    const cut = { lowMs: 0, highMs: 0, transferMs: 0, totalMs: 0, after: 'a' };
    const phone = { ...cut, phoneMs: 10, serverMs: 0, bytes: 0 };
    const server = { ...cut, phoneMs: 0, serverMs: 1, bytes: 1000 };
    expect(bestFrom([server, phone], 1)).toEqual([
      { fromMbps: 0, cut: phone },
      { fromMbps: 1, cut: server },
    ]);
    expect(bestFrom([server, phone], 20)).toEqual([{ fromMbps: 0, cut: phone }]);
  });

  it('measures this machine as a server', async () => {
    const { allOnServer } = await split('mixnet-s', { ...options, server: 'host', resolution: 32 });
    expect(allOnServer.serverMs).toBeGreaterThan(0);
  });

  it.each([
    ['0', /--server 0: expected milliseconds above 0/],
    ['no-such-profile', /no-such-profile/],
  ])('refuses the server %s', async (server, reason) => {
    await expect(split('mixnet-s', { ...options, server })).rejects.toThrow(reason);
  });
});
