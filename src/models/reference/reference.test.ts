import { expect, test } from 'vitest';
import { cost, countCost } from '../cost.js';
import { lower } from '../lower.js';
import efficientnetFixture from './fixtures/efficientnet-b0.json' with { type: 'json' };
import efficientnetLiteFixture from './fixtures/efficientnet-lite0.json' with { type: 'json' };
import ghostnetFixture from './fixtures/ghostnet-1-0.json' with { type: 'json' };
import largeFixture from './fixtures/mixnet-l.json' with { type: 'json' };
import mediumFixture from './fixtures/mixnet-m.json' with { type: 'json' };
import smallFixture from './fixtures/mixnet-s.json' with { type: 'json' };
import xlargeFixture from './fixtures/mixnet-xl.json' with { type: 'json' };
import mobilenet1Fixture from './fixtures/mobilenet-v1.json' with { type: 'json' };
import mobilenet2Fixture from './fixtures/mobilenet-v2.json' with { type: 'json' };
import mobilenet3LargeFixture from './fixtures/mobilenet-v3-large.json' with { type: 'json' };
import mobilenet3SmallFixture from './fixtures/mobilenet-v3-small.json' with { type: 'json' };
import mobilenet4MediumFixture from './fixtures/mobilenet-v4-conv-m.json' with { type: 'json' };
import mobilenet4SmallFixture from './fixtures/mobilenet-v4-conv-s.json' with { type: 'json' };
import mobilevitSFixture from './fixtures/mobilevit-s.json' with { type: 'json' };
import mobilevitXSFixture from './fixtures/mobilevit-xs.json' with { type: 'json' };
import shufflenet10Fixture from './fixtures/shufflenet-v2-1-0.json' with { type: 'json' };
import shufflenet15Fixture from './fixtures/shufflenet-v2-1-5.json' with { type: 'json' };
import { referenceArchitecture, referenceInfo, referenceNames } from './index.js';

const mixnets = [
  { name: 'mixnet-s', fixture: smallFixture },
  { name: 'mixnet-m', fixture: mediumFixture },
  { name: 'mixnet-l', fixture: largeFixture },
  { name: 'mixnet-xl', fixture: xlargeFixture },
];

const layered = [
  ...mixnets,
  { name: 'mobilenet-v1', fixture: mobilenet1Fixture },
  { name: 'mobilenet-v2', fixture: mobilenet2Fixture },
  { name: 'shufflenet-v2-1.0', fixture: shufflenet10Fixture },
  { name: 'efficientnet-b0', fixture: efficientnetFixture },
  { name: 'efficientnet-lite0', fixture: efficientnetLiteFixture },
  { name: 'mobilenet-v3-small', fixture: mobilenet3SmallFixture },
  { name: 'mobilenet-v3-large', fixture: mobilenet3LargeFixture },
  { name: 'mobilenet-v4-conv-s', fixture: mobilenet4SmallFixture },
  { name: 'mobilenet-v4-conv-m', fixture: mobilenet4MediumFixture },
  { name: 'ghostnet-1.0', fixture: ghostnetFixture },
  { name: 'mobilevit-xs', fixture: mobilevitXSFixture },
  { name: 'mobilevit-s', fixture: mobilevitSFixture },
];
const counted = [...layered, { name: 'shufflenet-v2-1.5', fixture: shufflenet15Fixture }];

const graphOf = (name: string) => lower(referenceArchitecture(name));

test.each(counted)('$name has exactly the counted parameters and MACs', ({ name, fixture }) => {
  const { params, macs } = fixture;
  expect(countCost(graphOf(name))).toEqual({ params, macs });
  expect(cost(graphOf(name))).toMatchObject({ params, macs });
});

test.each(layered)('$name agrees with the counted table layer by layer', ({ name, fixture }) => {
  const rows = cost(graphOf(name)).layers.map((layer) => [
    layer.name,
    layer.input[2],
    layer.output[2],
    layer.kernel,
    layer.stride,
    layer.dilation,
    layer.groups,
    layer.output[0],
    layer.params,
    layer.macs,
  ]);
  expect(rows).toEqual(fixture.layers);
});

test.each(mixnets)('$name agrees with the counted table block by block', ({ name, fixture }) => {
  const { layers } = cost(graphOf(name));
  const rows = fixture.blocks.map((_, index) => {
    const own = layers.filter((layer) => layer.name.startsWith(`blocks.${index}.`));
    const find = (part: string) => own.find((layer) => layer.name === `blocks.${index}.${part}`);
    const depthwise = own.filter((layer) => layer.op === 'depthwiseConv2d');
    return [
      own[0]?.input[0],
      own.at(-1)?.output[0],
      own[0]?.input[2],
      own.at(-1)?.output[2],
      find('depthwise.bn')?.output[2],
      depthwise.map((layer) => layer.output[2]),
      find('se.reduce')?.output[2] ?? 0,
      own.reduce((sum, layer) => sum + layer.params, 0),
      own.reduce((sum, layer) => sum + layer.macs, 0),
    ];
  });
  expect(rows).toEqual(fixture.blocks);
});

test('every reference model has been counted', () => {
  expect(counted.map(({ name }) => name).toSorted()).toEqual(referenceNames.toSorted());
});

test('every reference model names its source', () => {
  for (const name of referenceNames) {
    expect(referenceInfo(name)).toMatchObject({ name, source: expect.stringContaining('arXiv') });
    expect(referenceArchitecture(name).name).toBe(name);
  }
});

test('a misspelt reference model is refused with the nearest name', () => {
  expect(() => referenceArchitecture('mixnet_m')).toThrow(
    expect.objectContaining({ code: 'bad-config', remedy: expect.stringContaining('mixnet-m') }),
  );
  expect(() => referenceArchitecture('toString')).toThrow(/no reference model/);
});
