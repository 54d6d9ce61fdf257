/** The time that a run was worked on. Its journal has wall-clock times, which pause and may jump. */
import type { RunView } from '../../runs/index.js';

type Times = Pick<RunView, 'sessions' | 'trials'>;

/** When each session last did something, as far as its trials tell. */
function sessionEnds({ sessions, trials }: Times): number[] {
  const ends = sessions.map((session) => session.startedAt);
  for (const { startedAt, endedAt } of trials) {
    const at = endedAt ?? startedAt;
    const session = sessions.findLastIndex((one) => one.startedAt <= at);
    if (session >= 0) ends[session] = Math.max(ends[session] as number, at);
  }
  return ends;
}

/** The start of each session on the run's own clock, in ms. */
const cache = new WeakMap<readonly unknown[], { count: number; offsets: number[] }>();

function offsetsOf(view: Times): number[] {
  const known = cache.get(view.sessions);
  if (known) return known.offsets;
  const ends = view.sessions.length > 1 ? sessionEnds(view) : [];
  const offsets: number[] = [];
  let sum = 0;
  for (const [i, session] of view.sessions.entries()) {
    offsets.push(sum);
    sum += Math.max(0, (ends[i] ?? session.startedAt) - session.startedAt);
  }
  cache.set(view.sessions, { count: view.sessions.length, offsets });
  return offsets;
}

/** Seconds of searching up to a moment (ms since 1970); never below 0. */
export function activeSeconds(view: Times, at: number): number {
  const session = view.sessions.findLastIndex((one) => one.startedAt <= at);
  if (session < 0) return 0;
  const started = view.sessions[session]?.startedAt ?? at;
  return ((offsetsOf(view)[session] ?? 0) + Math.max(0, at - started)) / 1000;
}
