import { expect, test } from 'vitest';
import { commonGranularity } from './granularity.js';
import { loadProfile } from './load.js';

test('the least number of channels that suits all devices', () => {
  const own = (...names: string[]) => commonGranularity(names.map(loadProfile));
  expect(own('mali-g76')).toBe(4);
  expect(own('mali-g76', 'ethos-u65')).toBe(16);
  expect(own('hexagon-8gen2')).toBe(1);
  expect(
    commonGranularity([
      { name: 'a', channelGranularity: 12 },
      { name: 'b', channelGranularity: 16 },
    ]),
  ).toBe(48);
});

test('devices that only a large multiple would suit are named', () => {
  const odd = [
    { name: 'a', channelGranularity: 16 },
    { name: 'b', channelGranularity: 17 },
  ];
  expect(() => commonGranularity(odd)).toThrow(
    'only multiples of 272 channels suit all devices (a 16, b 17)',
  );
});
