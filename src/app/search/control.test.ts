import { expect, test } from 'vitest';
import type { Command, JournalEntry } from '../../runs/index.js';
import { createSearchControl } from './control.js';

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

test('a pause does not count as time', async () => {
  const sent: Command[] = [];
  const journal: JournalEntry[] = [];
  const control = createSearchControl({
    config: { budget: { trials: 5, seconds: 0.5 }, profiles: [] },
    study: {},
    front: {},
    writer: {
      requests: () => sent.splice(0).map((command, i) => ({ id: String(i), t: 0, command })),
      append: (entry: JournalEntry) => journal.push(entry),
    },
    emit: () => {},
  } as never);
  const changed = () => new Promise<void>((done) => control.onChange(done));
  sent.push({ type: 'pause' });
  await changed();
  expect(control.paused).toBe(true);
  await pause(700);
  expect(control.timeIsUp).toBe(false);
  sent.push({ type: 'continue' }, { type: 'limit', profile: 'none', ms: 3 });
  await changed();
  expect(control.timeIsUp).toBe(false);
  await pause(600);
  expect(control.timeIsUp).toBe(true);
  control.close();
  expect(journal.map((entry) => entry.type === 'control' && entry.state)).toEqual([
    'taken',
    'taken',
    'refused',
  ]);
});
