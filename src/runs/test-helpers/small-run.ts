/** A small run for tests: made in a temporary folder, with trials reported by hand. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewRunContents } from '../contents.js';
import { type JournalEntry, encodeCurve, encodeGenome } from '../journal/index.js';

export const contents: NewRunContents = {
  manifest: {
    created: '2025-01-01T00:00:00.000Z',
    versions: { mixnas: '0.1.0' },
    machine: { host: 'here', platform: 'linux', cpu: 'a cpu', cores: 2, memoryBytes: 1e9 },
    backend: 'synthetic',
    space: { name: 'small', hash: '00', size: '81' },
    objectives: [
      { name: 'accuracy', direction: 'maximize' },
      { name: 'latencyMs.phone', direction: 'minimize' },
    ],
    metrics: ['latencyMs.phone', 'params'],
  },
  config: {
    seed: 1,
    deploy: { resolution: 224, classes: 1000 },
    profiles: ['phone'],
    limits: { latencyMs: { phone: 10 } },
    budget: { trials: 3 },
  },
  space: { blocks: [] },
  references: {
    models: [{ name: 'mixnet-s', values: { 'latencyMs.phone': 8 } }],
    scales: { 'latencyMs.phone': 10 },
  },
  profiles: { phone: '{}' },
};

export const session: JournalEntry = {
  type: 'session',
  version: '0.1.0',
  host: 'here',
  pid: 1,
  resumed: false,
  workers: 1,
  backend: 'synthetic',
  trials: 3,
};

/** The two lines of a finished trial. */
export function trialLines(id: number, accuracy: number, latencyMs: number): JournalEntry[] {
  return [
    {
      type: 'ask',
      id,
      genome: encodeGenome([0, 1, 10]),
      known: [latencyMs, 1000],
      parents: id > 0 ? [id - 1] : [],
      origin: 'random',
    },
    {
      type: 'tell',
      id,
      state: 'complete',
      values: { accuracy },
      seconds: 1.5,
      worker: 0,
      curve: encodeCurve([
        { step: 10, loss: 2.5 },
        { step: 20, loss: 1.5, accuracy },
      ]),
    },
  ];
}

/** Runs `test` in a folder that is removed afterwards. */
export async function inTemporaryFolder(test: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mixnas-runs-'));
  try {
    await test(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
