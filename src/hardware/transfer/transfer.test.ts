import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lower, referenceArchitecture, referenceNames } from '../../models/index.js';
import type { Kernel } from '../kernel.js';
import { kinOf } from '../kin.js';
import { mapKernels } from '../mapping.js';
import { priceKernels } from '../network.js';
import { createPricer } from '../predict/index.js';
import { type Profile, parseProfile, stringifyData } from '../profile/index.js';
import { fitMix, judgedMix, nearestMix, transfer, transferredAgreement } from './index.js';

const mapping: Profile['mapping'] = {
  fusedActivations: ['relu'],
  fusesAdd: false,
  slice: 'copy',
  concat: 'copy',
};

/** A device of three costs: a launch, a million multiplications of a depthwise kernel, and of any other. */
function deviceOf(name: string, launch: number, depthwise: number, macs: number, fixedUs = 300): Profile {
  const linear = (perMillion: number) => ({
    kind: 'linear',
    points: 0,
    terms: [
      ['launch', launch],
      ['macs', perMillion],
      ['writes', 3 * launch],
    ],
  });
  const ops = ['conv', 'grouped', 'dense', 'mean', 'max-pool', 'average-pool', 'concat', 'elementwise'];
  return parseProfile({
    format: 'mixnas-profile',
    version: 1,
    name,
    device: name,
    chip: name,
    unit: 'GPU',
    runtime: { name: 'none' },
    precision: 'fp16',
    bytesPerValue: 2,
    batch: 1,
    date: '2026',
    sources: [{ title: name, licence: 'own', kind: 'measured' }],
    mapping,
    overhead: { fixedUs, scale: 1, sqrtUs: 0, leastKernelUs: 0 },
    band: { network: 0.05, interpolated: 0.1, extrapolated: 0.2, unmeasured: 0.5 },
    models: {
      ...Object.fromEntries([...ops, 'slice', 'winograd', 'small-conv'].map((op) => [op, linear(macs)])),
      depthwise: linear(depthwise),
    },
    table: { kind: 'measured', models: [], entries: [] },
  });
}

const sources = [deviceOf('first', 20, 40, 4), deviceOf('second', 5, 15, 20), deviceOf('third', 60, 10, 3)];
const kernels = new Map(
  referenceNames.map((name): [string, Kernel[]] => [
    name,
    mapKernels(lower(referenceArchitecture(name)), mapping),
  ]),
);
const usOn = (profile: Profile, name: string) =>
  priceKernels(profile, createPricer(profile), kernels.get(name) as Kernel[]).us;
const measuredOn = (device: Profile, names: readonly string[]) =>
  names.map((model) => ({ model, kernels: kernels.get(model) as Kernel[], endToEndUs: usOn(device, model) }));
const head = (name = 'new') => {
  const { band: _, models: _m, table: _t, overhead: _o, ...rest } = deviceOf(name, 1, 1, 1);
  return rest;
};
const worst = (profile: Profile, device: Profile, names: readonly string[]) =>
  Math.max(...names.map((name) => Math.abs(usOn(profile, name) / usOn(device, name) - 1)));

test('a device between two others is found from five networks, and predicted on the others', () => {
  const device = deviceOf('device', 12.5, 27.5, 12);
  const {
    profile,
    method,
    leftOut,
    sources: used,
  } = transfer(sources, head(), measuredOn(device, referenceNames.slice(0, 5)));
  expect(method).toBe('mixture');
  expect(leftOut?.mixture).toBeLessThan(leftOut?.scaled as number);
  expect(used.map(({ profile: name }) => name)).toEqual(expect.arrayContaining(['first', 'second']));
  expect(worst(profile, device, referenceNames.slice(5))).toBeLessThan(0.12);
});

test('a kind of work that is slower here than on every other device gets a factor of its own', () => {
  const device = deviceOf('device', 20, 80, 4);
  const names = referenceNames.slice(0, 12);
  const { profile } = transfer([sources[0] as Profile], head(), measuredOn(device, names));
  const factors = profile.mixture?.factors;
  expect(factors?.depthwise).toBeGreaterThan(1.25);
  expect(factors?.pointwise).toBeLessThan(1.1);
});

test('a device that is another one scaled keeps every factor near 1', () => {
  const device = deviceOf('device', 40, 80, 8, 600);
  const { profile } = transfer(sources, head(), measuredOn(device, referenceNames.slice(0, 6)));
  for (const factor of Object.values(profile.mixture?.factors ?? {})) expect(factor).toBeCloseTo(1, 1);
  expect(worst(profile, device, referenceNames)).toBeLessThan(0.02);
});

test('what is nearer to networks left out is taken; where they are few, the mixture unless another way is twice as near', () => {
  const times = fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { minLength: 16, maxLength: 16 });
  const example = fc.record({
    parts: fc.tuple(times, times),
    us: fc.double({ min: 50, max: 500, noNaN: true }),
  });
  const methods = new Set<string>();
  fc.assert(
    fc.property(fc.array(example, { minLength: 3, maxLength: 9 }), (drawn) => {
      const examples = drawn.map(({ parts, us }) => ({ parts: parts.map((p) => p.slice(0, 8)), us }));
      const { mix, method, leftOut } = judgedMix(examples);
      const error = (list: readonly { predictedUs: number; measuredUs: number }[] = []) =>
        list.reduce((sum, { predictedUs, measuredUs }) => sum + Math.abs(predictedUs / measuredUs - 1), 0);
      methods.add(method);
      const lead = examples.length < 8 ? 2 : 1;
      for (const judged of Object.values(leftOut ?? {})) {
        expect(error(leftOut?.[method])).toBeLessThanOrEqual(lead * error(judged));
      }
      if (lead > 1 && method === 'scaled') {
        expect(lead * error(leftOut?.scaled)).toBeLessThanOrEqual(error(leftOut?.mixture));
      }
      if (method !== 'mean') expect(mix).toEqual({ mixture: fitMix, scaled: nearestMix }[method](examples));
    }),
    { numRuns: 60, seed: 1 },
  );
  expect(methods.size).toBe(3);
});

test('three networks do not tell which of many sources is near: all of them take part', () => {
  const many = Array.from({ length: 12 }, (_, i) => deviceOf(`source-${i}`, 10 + 3 * i, 30 - i, 3 + i));
  const device = deviceOf('device', 24, 31, 6, 900);
  const of = (count: number) =>
    transfer(many, head(), measuredOn(device, referenceNames.slice(0, count))).sources.length;
  expect(of(3)).toBe(12);
  expect(of(9)).toBeLessThanOrEqual(8);
});

test('one network gives a factor and claims no error', () => {
  const { profile, leftOut, expected } = transfer(
    sources,
    head(),
    measuredOn(sources[1] as Profile, ['mixnet-s']),
  );
  expect(profile.error).toBeUndefined();
  expect(leftOut).toBeUndefined();
  expect(expected).toEqual([]);
  expect(usOn(profile, 'mixnet-s') / usOn(sources[1] as Profile, 'mixnet-s')).toBeCloseTo(1, 1);
});

test('the error to expect never rises with more networks', () => {
  const device = deviceOf('device', 12.5, 60, 12);
  const { expected, leftOut } = transfer(sources, head(), measuredOn(device, referenceNames.slice(0, 10)));
  expect(expected.map(({ networks }) => networks)).toEqual([5, 10, 20, 40]);
  const errors = [leftOut?.mixture as number, ...expected.map(({ mape }) => mape)];
  expect(errors).toEqual(errors.toSorted((a, b) => b - a));
});

test('the profile is read back as it was written, and judged again from its own parts', async () => {
  const device = deviceOf('device', 12.5, 27.5, 12);
  const names = referenceNames.slice(0, 6);
  const { profile } = transfer(sources, head(), measuredOn(device, names));
  const read = parseProfile(JSON.parse(stringifyData(profile)));
  expect(usOn(read, 'mixnet-l') / usOn(profile, 'mixnet-l')).toBeCloseTo(1, 3);
  const index = new Map<string, number>();
  const all: { op: Kernel['op']; shape: [number, number, number, number, number, number, number, number] }[] =
    [];
  const networks = measuredOn(device, names).map(({ model, kernels: list, endToEndUs }) => ({
    name: model,
    endToEndUs: [endToEndUs],
    launches: list.map(({ op, ...k }) => {
      const key = JSON.stringify([op, k]);
      if (!index.has(key)) {
        index.set(key, all.length);
        all.push({
          op,
          shape: [k.size, k.input, k.output, k.kernel, k.stride, k.dilation, k.groups, k.fused],
        });
      }
      return { kernel: index.get(key) as number, us: [null] };
    }),
  }));
  const data = {
    format: 'mixnas-measurements',
    version: 1,
    source: { title: 'test', licence: 'own', kind: 'measured' },
    devices: ['new'],
    kernels: all,
    networks,
  } as const;
  const again = transferredAgreement(data as never, read);
  expect(again.models).toHaveLength(names.length);
  expect(again.mape).toBeCloseTo(profile.error?.mape as number, 1);
});

test('kin share the unit, integers and threads as far as two are left', () => {
  const of = (name: string, unit: Profile['unit'], precision: Profile['precision']) => ({
    name,
    unit,
    precision,
    table: { kind: 'measured' as const },
  });
  const all = [
    of('a-cpu-1t-float', 'CPU', 'fp32'),
    of('b-cpu-1t-float', 'CPU', 'fp32'),
    of('b-cpu-4t-float', 'CPU', 'fp32'),
    of('b-cpu-4t-int8', 'CPU', 'int8'),
    of('c-gpu', 'GPU', 'fp16'),
  ];
  const kin = (device: (typeof all)[0]) => kinOf(device, all).map(({ name }) => name);
  expect(kin(of('n-cpu-1t-float', 'CPU', 'fp32'))).toEqual(['a-cpu-1t-float', 'b-cpu-1t-float']);
  expect(kin(of('n-cpu-2t-float', 'CPU', 'fp32'))).toHaveLength(3);
  expect(kin(of('n-cpu-4t-int8', 'CPU', 'int8'))).toHaveLength(4);
  expect(kin(of('b-cpu-1t-float', 'CPU', 'fp32'))).not.toContain('b-cpu-1t-float');
});

test('nothing to transfer from, or no network, is refused', () => {
  expect(() => transfer(sources, head(), [])).toThrow('no network was measured');
  expect(() => transfer([], head(), measuredOn(sources[0] as Profile, ['mixnet-s']))).toThrow('no profile');
});
