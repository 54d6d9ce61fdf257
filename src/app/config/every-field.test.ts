import { expect, test } from 'vitest';
import { resolvedConfigSchema } from './run-config.js';
import { parseConfig } from './config.js';

test('no field of a config file is dropped on its way to the run', () => {
  const { config } = parseConfig({
    align: 8,
    alerts: { bell: true },
    trialLimits: { memory: 1000, seconds: 60 },
    stop: { target: 'accuracy >= 60%' },
    fidelity: { rungs: [50, 100] },
    finalists: { seeds: 2 },
    executor: 'in-process',
    splitLatency: { phone: 'mali-g76', server: 5, bandwidth: '20Mbps', rtt: '10ms' },
    warmStart: { runs: ['earlier'] },
    evaluator: { name: 'synthetic', steps: 400 },
  });
  const absent = Object.keys(resolvedConfigSchema.shape).filter((key) => !Object.hasOwn(config, key));
  const empty = Object.entries(config).flatMap(([key, value]) => (value === undefined ? [key] : []));
  expect([...absent, ...empty]).toEqual([]);
});
