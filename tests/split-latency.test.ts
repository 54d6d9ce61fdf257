/** A search that limits and optimises what a phone and a server take together. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ConfigInput, parseConfig, resume, split } from '../src/app/index.js';
import { writeReport } from '../src/report/index.js';
import { frontOf, readRun, rulesOf } from '../src/runs/index.js';
import { runCli } from './support/run-cli.js';
import { dryRun, outcomeOf, searchIn, temporaryFolder } from './support/searching.js';

const config: ConfigInput = {
  ...dryRun,
  profiles: ['adreno-616', 'mali-g76'],
  limits: { splitLatencyMs: 22 },
  splitLatency: { phone: 'adreno-616', server: 2, bandwidth: '20Mbps', rtt: '4ms', precision: 'int8' },
  budget: { trials: 16 },
};

test('it is priced as `mixnas split` prices it, kept to, on the front, in the report, and after resuming', async () => {
  const root = temporaryFolder();
  const { folder } = await searchIn(root, config);
  const view = readRun(folder);
  expect(view.manifest.objectives.map(({ name }) => name)).toEqual(['accuracy', 'splitLatencyMs']);
  expect(view.trials).toHaveLength(16);
  const rules = rulesOf(view);
  for (const { known } of view.trials) {
    expect(known['splitLatencyMs']).toBeGreaterThan(0);
    expect(known['splitLatencyMs']).toBeLessThanOrEqual(22);
    expect(known['splitLatencyMs']).toBeLessThanOrEqual((known['latencyMs.adreno-616'] as number) + 1e-6);
  }
  const front = frontOf(view.trials, rules);
  expect(front.length).toBeGreaterThan(0);
  for (const { id, known } of front.slice(0, 3)) {
    const { best } = await split(`${folder}#${id}`, {
      profile: 'adreno-616',
      server: '2',
      bandwidthMbps: 20,
      rttMs: 4,
      precision: 'int8',
      resolution: view.config.deploy.resolution,
      classes: view.config.deploy.classes,
    });
    expect(known['splitLatencyMs']).toBeCloseTo(best.totalMs, 5);
  }
  const page = readFileSync((await writeReport([folder])).page, 'utf8');
  expect(page).toMatch(/[Ll]atency of phone and server/);
  expect(page).toContain('22 ms of phone and server');
  const csv = await runCli('trials', folder, '--csv');
  expect(csv.stdout.split('\n')[0]).toContain('splitLatencyMs');

  const short = await searchIn(root, { ...config, budget: { trials: 7 } });
  await resume(short.folder, { root, trials: 16 });
  expect(outcomeOf(short.folder)).toEqual(outcomeOf(folder));
  expect(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))).toMatchObject({
    splitLatency: { phone: 'adreno-616', server: 2, bandwidth: '20Mbps', rtt: '4ms', precision: 'int8' },
  });
});

test('formulas speak of it, and a server may be a profile', () => {
  const { criteria } = parseConfig(
    {
      ...config,
      limits: {},
      profiles: ['adreno-616', 'hexagon-8gen3'],
      splitLatency: { phone: 'adreno-616', server: 'hexagon-8gen3', bandwidth: 100, rtt: 5 },
      constraints: ['splitLatency <= 12 ms'],
    },
    { what: 'c.yaml' },
  );
  expect(criteria.constraints).toEqual([{ metric: 'splitLatencyMs', max: 12 }]);
});

test.each<[string, object, RegExp]>([
  ['no phone and server', { splitLatency: undefined }, /splitLatency is asked for, but nothing says of what/],
  [
    'a phone that is not priced',
    { splitLatency: { ...config.splitLatency, phone: 'pixel' } },
    /`splitLatency\.phone`: pixel/,
  ],
  [
    'a server that is not priced',
    { splitLatency: { ...config.splitLatency, server: 'rack' } },
    /`splitLatency\.server`: rack/,
  ],
  [
    'one profile twice',
    { splitLatency: { ...config.splitLatency, server: 'adreno-616' } },
    /is the same profile as the phone/,
  ],
  [
    'no bandwidth',
    { splitLatency: { ...config.splitLatency, bandwidth: 'fast' } },
    /splitLatency\.bandwidth.*expected a bandwidth such as 20Mbps/,
  ],
  ['a limit without a unit', { constraints: ['splitLatency <= 12'] }, /compares/],
])('%s is refused with the field', (_, change, message) => {
  expect(() => parseConfig({ ...config, ...change }, { what: 'c.yaml' })).toThrow(message);
});
