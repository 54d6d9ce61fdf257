import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createPredictor, loadProfile } from '../../hardware/index.js';
import { lower, referenceArchitecture, withAlign } from '../../models/index.js';
import { explain } from './explain.js';
import { unmetAlignmentOf } from './show.js';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-explain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const report = explain('mixnet-s', { profiles: ['ethos-u65', 'mali-g76', 'hexagon-8gen3'], resolution: 224 });
const [ethos, mali, hexagon] = report.devices;

test('the nearest aligned network is priced, and what borders cost follows', () => {
  const network = referenceArchitecture('mixnet-s');
  const { latencyMs } = createPredictor(loadProfile('ethos-u65'));
  expect(ethos?.latencyMs).toBe(latencyMs(lower(network, { resolution: 224 })));
  expect(ethos?.alignedMs).toBe(latencyMs(lower(withAlign(network, 16), { resolution: 224 })));
  expect(ethos?.lossPct).toBeGreaterThan(10);
  expect(mali?.multiple).toBe(4);
  expect(Math.abs(mali?.lossPct ?? 9)).toBeLessThan(2);
});

test('each block has its channels, the nearest aligned ones, and its own share', () => {
  const of = (block: number) => ethos?.blocks.find((one) => one.block === block);
  expect(of(4)).toMatchObject({ sizes: [120, 120], alignedSizes: [128, 112], state: 'moves', channels: 240 });
  expect(of(4)?.lossMs).toBeGreaterThan(0.3);
  expect(of(3)).toMatchObject({ state: 'aligned', lossMs: 0 });
  const sum = ethos?.blocks.reduce((total, { lossMs }) => total + lossMs, 0) ?? 0;
  expect(sum / ((ethos?.latencyMs ?? 0) - (ethos?.alignedMs ?? 0))).toBeCloseTo(1, 1);
});

test('a device that states nothing is compared with nothing', () => {
  expect(hexagon).toMatchObject({ multiple: undefined, blocks: [], lossPct: 0 });
  expect(hexagon?.plan).toBeUndefined();
});

test("an NPU's plan says where maps lie, how they are laid out and how often they are read", () => {
  const { sums, layers } = ethos?.plan ?? { sums: undefined, layers: [] };
  expect(layers.reduce((sum, { us }) => sum + us, 0) / 1000).toBeCloseTo(sums?.totalMs ?? 0, 9);
  expect(sums?.linearSpilledMs).toBeGreaterThan(1);
  expect(sums?.copiesMs).toBeGreaterThan(1);
  const of = (layer: string) => layers.filter((one) => one.layer === layer);
  // Block 4 has its border at 120: the whole map is pixel by pixel.
  expect(of('blocks.4.depthwise.1')[0]?.input.layout).toBe('NHWC');
  expect(of('blocks.3.depthwise.1')[0]?.input.layout).toBe('bricks');
  expect(of('blocks.4.concat').every(({ kind }) => kind === 'copy')).toBe(true);
  const aligned = explain(save(withAlign(referenceArchitecture('mixnet-s'), 16)), {
    profiles: ['ethos-u65'],
  });
  expect(aligned.devices[0]?.lossPct).toBe(0);
  expect(aligned.devices[0]?.plan?.sums.linearSpilledMs).toBeLessThan(sums?.linearSpilledMs ?? 0);
});

test('channels that are too few for a multiple each stay, and are named', () => {
  const network = withAlign(referenceArchitecture('mixnet-s'), 64);
  const path = save(network);
  expect(unmetAlignmentOf(path)[0]).toBe(
    'Block 3: 144 channels are too few for 3 groups of 64; its groups have 48, 48, 48.',
  );
  expect(unmetAlignmentOf('mixnet-s')).toEqual([]);
});

function save(network: object): string {
  const path = join(folder, 'network.json');
  writeFileSync(path, JSON.stringify(network));
  return path;
}
