import { expect, onTestFinished, test, vi } from 'vitest';
import type { Command, JournalEntry } from '../../runs/index.js';
import { createSearchControl } from './control.js';

test('a pause does not count as time', () => {
  vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const sent: Command[] = [];
  const journal: JournalEntry[] = [];
  const control = createSearchControl({
    config: { budget: { trials: 5, seconds: 0.5 }, profiles: [], robust: false },
    study: { trials: [], plan() {}, limit() {}, enqueue() {} },
    front: { judge() {} },
    rules: { objectives: [], constraints: [], scales: {} },
    writer: {
      requests: () => sent.splice(0).map((command, i) => ({ id: String(i), t: 0, command })),
      append: (entry: JournalEntry) => journal.push(entry),
    },
    emit: () => {},
  });
  sent.push({ type: 'pause' });
  vi.advanceTimersByTime(200);
  expect(control.paused).toBe(true);
  vi.advanceTimersByTime(700);
  expect(control.timeIsUp).toBe(false);
  sent.push({ type: 'continue' }, { type: 'limit', profile: 'none', ms: 3 });
  vi.advanceTimersByTime(200);
  expect(control.timeIsUp).toBe(false);
  vi.advanceTimersByTime(600);
  expect(control.timeIsUp).toBe(true);
  control.close();
  expect(journal.map((entry) => entry.type === 'control' && entry.state)).toEqual([
    'taken',
    'taken',
    'refused',
  ]);
});
