import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.js';
import type { Kernel } from '../kernel.js';
import { loadMeasurements } from '../measurements.js';
import { createPricer } from '../predict/index.js';
import { loadProfile, profileNames } from '../profile/index.js';
import { fitCpu } from './cpu.js';
import { crossValidate, errorOf, ownPredictive } from './cross-validate.js';
import { observationsOf } from './fit-profile.js';

const random = createRandom('cpu');
const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T;

function kernel(op: Kernel['op'], window: number): Kernel {
  const output = 8 * (1 + Math.floor(random.next() * 60));
  const input = op === 'conv' || op === 'dense' ? 8 * (1 + Math.floor(random.next() * 60)) : output;
  const size = op === 'dense' ? 1 : pick([7, 14, 28, 56]);
  return { op, size, input, output, kernel: window, stride: 1, dilation: 1, groups: 1, fused: 0 };
}

/** A machine that the terms can describe: 0.05 ns a multiplication, 0.1 ns a depthwise one, 0.5 ns a number. */
function trueUs(k: Kernel): number {
  const pixels = k.size ** 2;
  const moved = (pixels * (k.input + k.output) * 0.5) / 1e3;
  if (k.op === 'conv') return 2 + (pixels * k.kernel ** 2 * k.input * k.output * 0.05) / 1e3 + moved;
  if (k.op === 'depthwise') return 2 + (pixels * k.kernel ** 2 * k.output * 0.1) / 1e3 + moved;
  return k.op === 'dense' ? 2 + (k.input * k.output * 0.5) / 1e3 : 2 + moved;
}

const kinds: readonly (readonly [Kernel['op'], number])[] = [
  ['conv', 1],
  ['conv', 1],
  ['conv', 3],
  ['depthwise', 3],
  ['depthwise', 5],
  ['dense', 1],
  ['elementwise', 1],
];

const network = () => {
  const kernels = Array.from({ length: 30 }, () => kernel(...pick(kinds)));
  return { kernels, endToEndUs: kernels.reduce((sum, k) => sum + trueUs(k), 100) };
};

test('prices of whole networks are those of their device kernels, windows that no network had included', () => {
  const fitted = fitCpu(Array.from({ length: 80 }, network), 'fp32');
  const pricer = createPricer({
    ...loadProfile('mali-g76'),
    ...fitted,
    table: { kind: 'measured', models: [], entries: [] },
  });
  const whole = ({ kernels, endToEndUs }: ReturnType<typeof network>) =>
    (fitted.overhead.fixedUs + kernels.reduce((sum, k) => sum + pricer.us(k), 0)) / endToEndUs;
  for (let i = 0; i < 20; i++) expect(whole(network())).toBeCloseTo(1, 1);
  for (const window of [7, 9, 11]) {
    const wide = { ...kernel('depthwise', window), size: 28, input: 240, output: 240 };
    expect(pricer.us(wide) / trueUs(wide)).toBeGreaterThan(0.8);
    expect(pricer.us(wide) / trueUs(wide)).toBeLessThan(1.3);
    expect(pricer.price(wide)).toMatchObject({ source: 'extrapolated', unmeasured: true });
  }
  expect(pricer.price(kernel('depthwise', 5))).toMatchObject({ source: 'interpolated', unmeasured: false });
});

const goals = { fp32: [3, 8, 95, 75], int8: [5, 12, 95, 75] } as Record<string, number[]>;

test.each(profileNames().filter((name) => /-cpu-(big|middle|small)-1t-(float|int8)$/.test(name)))(
  '%s states an error on one core within what is asked for',
  (name) => {
    const { error, precision } = loadProfile(name);
    const [tenth, family, near, nearFamily] = goals[precision] as [number, number, number, number];
    expect(error?.networks).toBe(96);
    expect(error?.leftOut).toBe('family');
    expect(error?.models?.mape).toBeLessThanOrEqual(tenth);
    expect(error?.mape).toBeLessThanOrEqual(family);
    expect(error?.models?.within10).toBeGreaterThanOrEqual(near);
    expect(error?.within10).toBeGreaterThanOrEqual(nearFamily);
  },
);

test('a stated error is what leaving families out gives', () => {
  const profile = loadProfile('pixel4-cpu-big-1t-float');
  const data = loadMeasurements('profiles/data/mobile-ml-benchmark-cpu.json');
  const networks = observationsOf(data, profile.name, profile.mapping);
  const left = crossValidate(networks, 'family', ownPredictive(profile, 'measured'));
  expect(errorOf(left).mape).toBeCloseTo(profile.error?.mape as number, 1);
});
