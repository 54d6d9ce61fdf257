import { describe, expect, it } from 'vitest';
import { profileNames } from '../src/hardware/index.js';
import { answerOf, runCli } from './support/run-cli.js';

interface Rankings {
  readonly architectures: readonly string[];
  readonly devices: readonly {
    readonly profile: string;
    readonly latencyMs: readonly number[];
    readonly ranks: readonly number[];
    readonly agreement: readonly number[];
  }[];
}

describe('mixnas predict, several devices', () => {
  it('ranks several architectures on every profile, and compares the devices', async () => {
    const models = ['mixnet-s', 'mixnet-m', 'mixnet-l'];
    const { architectures, rankings } = answerOf(
      await runCli('predict', ...models, '--all-profiles', '--json'),
    ) as { architectures: { name: string; predictions: { latencyMs: number }[] }[]; rankings: Rankings };
    expect(architectures.map((a) => a.name)).toEqual(models);
    expect(rankings.devices.map((d) => d.profile)).toEqual(profileNames());
    rankings.devices.forEach((device, i) => {
      expect(device.latencyMs).toEqual(architectures.map((a) => a.predictions[i]?.latencyMs));
      expect(device.ranks.toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
      const fastest = device.ranks.indexOf(1);
      expect(Math.min(...device.latencyMs)).toBe(device.latencyMs[fastest]);
      expect(device.agreement[i]).toBeCloseTo(1, 12);
      expect(device.agreement.every((r) => r >= -1 && r <= 1)).toBe(true);
    });
  });

  it('prints a table of ranks for people', async () => {
    const { code, stdout } = await runCli('predict', 'mixnet-s', 'mixnet-m', '--profile', 'mali-g76');
    expect(code).toBe(0);
    expect(stdout).toContain('rank correlation of devices');
  });

  it('sweeps the groups of each block, and its best saves most against one large kernel', async () => {
    const answer = answerOf(
      await runCli('predict', 'mixnet-s', '--profile', 'mali-g76', '--group-sweep', '--json'),
    ) as {
      architectures: {
        sweeps: { blocks: { latencyMs: number[]; singleKernelMs: number[]; best: number }[] }[];
      }[];
    };
    const blocks = answer.architectures[0]?.sweeps[0]?.blocks ?? [];
    expect(blocks).toHaveLength(16);
    for (const { latencyMs, singleKernelMs, best } of blocks) {
      expect(latencyMs[0]).toBe(singleKernelMs[0]);
      const ratios = latencyMs.map((ms, i) => ms / (singleKernelMs[i] as number));
      expect(ratios[best - 1]).toBe(Math.min(...ratios));
    }
  });

  it('estimates energy only when asked, and calls it an estimate', async () => {
    const args = ['predict', 'mixnet-s', '--profile', 'mali-g76', '--resolution', '224'];
    const plain = answerOf(await runCli(...args, '--json')) as { predictions: object[] };
    expect(plain.predictions[0]).not.toHaveProperty('energy');
    const { predictions } = answerOf(await runCli(...args, '--energy', '--json')) as {
      predictions: { energy: { energyMj: number; lowMj: number; highMj: number; from: string } }[];
    };
    const { energyMj, lowMj, highMj, from } = predictions[0]?.energy ?? {};
    expect(lowMj).toBeLessThan(energyMj as number);
    expect(highMj).toBeGreaterThan(energyMj as number);
    expect(from).toContain('estimated, not measured');
    expect((await runCli(...args, '--energy')).stdout).toMatch(/energy \(estimate\)/);
  });

  it('refuses --all-profiles together with --profile', async () => {
    const { code, stderr } = await runCli('predict', 'mixnet-s', '--all-profiles', '--profile', 'mali-g76');
    expect(code).toBe(2);
    expect(stderr).toContain('exclude each other');
  });
});
