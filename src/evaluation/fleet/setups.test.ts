import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { evaluatorSchema } from '../evaluators/index.js';
import { Setups, sendSetup } from './setups.js';
import { openStore } from './store/index.js';

const data = {
  dataset: { name: 'textures', seed: 1, size: 64, resolution: 8, classes: 2 },
  splitSeed: 1,
} as const;
const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'mixnas-setups-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

test('a worker starts no program of a queue, whatever its trial says it is', async () => {
  const store = await openStore(folder(), undefined as never, () => '');
  const send = (evaluator: object) =>
    sendSetup({ ...data, evaluator: evaluatorSchema.parse(evaluator) }, store);
  const evil = ['/bin/sh', '-c', 'touch /tmp/evil'];
  const own = { python: '/own/python', evaluators: ['training', 'pytorch'] };
  const setups = new Setups(store, { ...own, hasGpus: false });
  await expect(setups.get(await send({ name: 'command', command: evil }))).rejects.toThrow(
    'A set-up of the queue is of the evaluator command, not as its trial says.',
  );
  const { setup } = await setups.get(await send({ name: 'pytorch', python: '/bin/evil', gpus: [7] }));
  expect(setup.evaluator).toMatchObject({ name: 'pytorch', python: '/own/python', device: 'auto' });
  expect(setup.evaluator).not.toHaveProperty('gpus', [7]);
});

test('a worker that was given GPUs trains on them, unless the search says which device', async () => {
  const store = await openStore(folder(), undefined as never, () => '');
  const setups = new Setups(store, { python: 'python3', evaluators: ['pytorch'], hasGpus: true });
  for (const [asked, used] of [
    ['auto', 'cuda'],
    ['cpu', 'cpu'],
  ]) {
    const evaluator = evaluatorSchema.parse({ name: 'pytorch', device: asked });
    const { setup } = await setups.get(await sendSetup({ ...data, evaluator }, store));
    expect(setup.evaluator).toMatchObject({ device: used });
  }
});
