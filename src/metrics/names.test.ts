import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isSizeMetric,
  latencyFamilies,
  latencyMetric,
  limitedMetric,
  parseLatencyMetric,
  sizeMetrics,
} from './index.js';

test('a latency’s name comes apart into what it was put together from, whatever the device is called', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...latencyFamilies), (device, family) => {
      expect(parseLatencyMetric(latencyMetric(device, family))).toEqual({ family, device });
    }),
  );
});

test('a name that comes apart is the one that its parts make; all others are no latency', () => {
  const names = fc.oneof(
    fc.string(),
    fc
      .tuple(fc.constantFrom('latencyMs', 'latencyHighMs', 'latency', 'LatencyMs'), fc.string())
      .map((p) => p.join('')),
  );
  fc.assert(
    fc.property(names, (name) => {
      const parts = parseLatencyMetric(name);
      if (parts) expect(latencyMetric(parts.device, parts.family)).toBe(name);
      else expect(latencyFamilies.some((family) => name.startsWith(`${family}.`))).toBe(false);
    }),
  );
});

test.each(['accuracy', 'latencyMs', 'latencyHighMs', 'latencyMidMs.phone', ...sizeMetrics])(
  '%s is not the latency of a device',
  (name) => {
    expect(parseLatencyMetric(name)).toBeUndefined();
  },
);

test('sizes are known by name, and a latency is none', () => {
  expect(sizeMetrics.every(isSizeMetric)).toBe(true);
  expect(isSizeMetric(latencyMetric('phone'))).toBe(false);
});

test('a robust search limits the upper end of the band, any other the prediction', () => {
  expect(limitedMetric({ robust: true }, 'phone')).toBe('latencyHighMs.phone');
  expect(limitedMetric({ robust: false }, 'phone')).toBe('latencyMs.phone');
  expect(limitedMetric({}, 'phone')).toBe('latencyMs.phone');
});
