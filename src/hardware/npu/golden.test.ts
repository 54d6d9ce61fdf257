import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createRandom, packageRoot, shortHash } from '../../base/index.js';
import { type LayerGraph, lower, parseSpace, referenceArchitecture } from '../../models/index.js';
import { createNpuPricer } from './pricer.js';

const at = { resolution: 224, classes: 1000 };

function networks(): Record<string, LayerGraph> {
  const references = [
    'mobilenet-v2',
    'shufflenet-v2-1.0',
    'efficientnet-b0',
    'mixnet-s',
    'mobilevit-xs',
    'ghostnet-1.0',
    'mobilenet-v3-large',
  ];
  const drawn = ['cifar-small', 'cifar-mobile', 'mixnet-imagenet', 'universal-mobile'].map((name) => {
    const text = readFileSync(join(packageRoot(), 'spaces', `${name}.yaml`), 'utf8');
    const space = parseSpace(parse(text), name);
    return [0, 1, 2].map(
      (i) => [`${name} ${i}`, space.decode(space.random(createRandom(`golden ${i}`)))] as const,
    );
  });
  return Object.fromEntries(
    [...references.map((name) => [name, referenceArchitecture(name)] as const), ...drawn.flat()].map(
      ([name, architecture]) => [name, lower(architecture, at)],
    ),
  );
}

/** Of every operation its layer and its µs to the last digit, as a hash; and the sum, to see how far off it is. */
test('operations of networks cost what they did, to the digit', () => {
  const graphs = Object.entries(networks());
  const machines = [
    ['ethos-u65-256', 'arm'],
    ['ethos-u65-256', 'nxp'],
    ['ethos-u55-256', 'arm'],
  ] as const;
  const table = Object.fromEntries(
    machines.flatMap(([machine, variant]) => {
      const pricer = createNpuPricer(machine, variant);
      return graphs.map(([name, graph]) => {
        const operations = pricer.operations(graph);
        const us = operations.reduce((sum, one) => sum + one.us, 0);
        const hash = shortHash(operations.map(({ operation, us: own }) => [operation.layer, own]));
        return [`${machine} ${variant} ${name}`, `${hash} ${us.toFixed(1)}`];
      });
    }),
  );
  expect(table).toMatchInlineSnapshot(`
    {
      "ethos-u55-256 arm cifar-mobile 0": "317dadcf1732cc3e 10389.9",
      "ethos-u55-256 arm cifar-mobile 1": "c106f4a446aa7032 5307.1",
      "ethos-u55-256 arm cifar-mobile 2": "88aef934c4f9a5bd 7297.2",
      "ethos-u55-256 arm cifar-small 0": "f153989a2f823744 28340.8",
      "ethos-u55-256 arm cifar-small 1": "4fb371723b7aa019 16630.0",
      "ethos-u55-256 arm cifar-small 2": "f2568b3a33053bd0 12103.5",
      "ethos-u55-256 arm efficientnet-b0": "31bcf51daf31f7b8 41431.5",
      "ethos-u55-256 arm ghostnet-1.0": "37133152e8fe86b3 18430.9",
      "ethos-u55-256 arm mixnet-imagenet 0": "e3a44654baef61d6 34333.2",
      "ethos-u55-256 arm mixnet-imagenet 1": "5fe0d98bdf97dc11 28435.7",
      "ethos-u55-256 arm mixnet-imagenet 2": "3377142164242e84 30636.0",
      "ethos-u55-256 arm mixnet-s": "f9162bbd5055ec52 31483.4",
      "ethos-u55-256 arm mobilenet-v2": "f4a3d72c4dae67e3 11386.7",
      "ethos-u55-256 arm mobilenet-v3-large": "812dace7f3c21398 18129.9",
      "ethos-u55-256 arm mobilevit-xs": "ef0ff35c0f741b3c 41625.1",
      "ethos-u55-256 arm shufflenet-v2-1.0": "c5135dac870b61fe 6666.6",
      "ethos-u55-256 arm universal-mobile 0": "fc85c4cfc77a84b8 18628.0",
      "ethos-u55-256 arm universal-mobile 1": "c33e9d21c7ed83a2 9804.0",
      "ethos-u55-256 arm universal-mobile 2": "db1fd054fe3aaaa8 12380.8",
      "ethos-u65-256 arm cifar-mobile 0": "6fd2b5d865d7957b 9719.2",
      "ethos-u65-256 arm cifar-mobile 1": "6a597f09b7a46cf3 3511.0",
      "ethos-u65-256 arm cifar-mobile 2": "ad6998f985637390 4923.0",
      "ethos-u65-256 arm cifar-small 0": "b10a27617a855ce4 35262.4",
      "ethos-u65-256 arm cifar-small 1": "04fdc1d3b4e018f0 12422.2",
      "ethos-u65-256 arm cifar-small 2": "e090c46b2b03babc 15457.1",
      "ethos-u65-256 arm efficientnet-b0": "2117254f387db17a 20850.5",
      "ethos-u65-256 arm ghostnet-1.0": "eeeeb866e7015705 12547.9",
      "ethos-u65-256 arm mixnet-imagenet 0": "91c3327f4fddd708 44895.8",
      "ethos-u65-256 arm mixnet-imagenet 1": "48de00cce7cfd3ca 16008.0",
      "ethos-u65-256 arm mixnet-imagenet 2": "fa6b8a75bac9775c 26868.8",
      "ethos-u65-256 arm mixnet-s": "ecfff759f4c1bc11 18540.7",
      "ethos-u65-256 arm mobilenet-v2": "e239f71168f02ffa 4253.4",
      "ethos-u65-256 arm mobilenet-v3-large": "f99f0c59f0d4de38 6284.0",
      "ethos-u65-256 arm mobilevit-xs": "8eaa060fc2e375c5 24259.3",
      "ethos-u65-256 arm shufflenet-v2-1.0": "673dc5a8c4d4e1b9 4193.0",
      "ethos-u65-256 arm universal-mobile 0": "b173da7f924239b7 9635.4",
      "ethos-u65-256 arm universal-mobile 1": "627ddfb430e26bb0 5242.0",
      "ethos-u65-256 arm universal-mobile 2": "5f47631c87be2f8c 7535.3",
      "ethos-u65-256 nxp cifar-mobile 0": "9aa243c868b64c85 10286.0",
      "ethos-u65-256 nxp cifar-mobile 1": "108d35026bdc5b17 4507.3",
      "ethos-u65-256 nxp cifar-mobile 2": "1e0d6af4795d6152 6099.2",
      "ethos-u65-256 nxp cifar-small 0": "c1bfd1ba7617ce8a 35575.0",
      "ethos-u65-256 nxp cifar-small 1": "88693d074aacbb36 13067.8",
      "ethos-u65-256 nxp cifar-small 2": "b69d6f5b4fbc0804 16848.0",
      "ethos-u65-256 nxp efficientnet-b0": "2117254f387db17a 20850.5",
      "ethos-u65-256 nxp ghostnet-1.0": "c1ff2a18eff20c97 14173.5",
      "ethos-u65-256 nxp mixnet-imagenet 0": "c8eb2e6554d7bb2b 46705.1",
      "ethos-u65-256 nxp mixnet-imagenet 1": "13b6edcd5c7069a8 17532.4",
      "ethos-u65-256 nxp mixnet-imagenet 2": "4178048cb903eabe 33147.7",
      "ethos-u65-256 nxp mixnet-s": "b17b08871d513a3f 21623.6",
      "ethos-u65-256 nxp mobilenet-v2": "e239f71168f02ffa 4253.4",
      "ethos-u65-256 nxp mobilenet-v3-large": "f99f0c59f0d4de38 6284.0",
      "ethos-u65-256 nxp mobilevit-xs": "07135eb37e7324c6 24360.3",
      "ethos-u65-256 nxp shufflenet-v2-1.0": "0e8009b39f9caa20 4480.6",
      "ethos-u65-256 nxp universal-mobile 0": "b173da7f924239b7 9635.4",
      "ethos-u65-256 nxp universal-mobile 1": "627ddfb430e26bb0 5242.0",
      "ethos-u65-256 nxp universal-mobile 2": "5f47631c87be2f8c 7535.3",
    }
  `);
});
