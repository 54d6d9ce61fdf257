/** The time that a run was worked on. Its journal has wall-clock times, which pause and may jump. */
import type { RunView, Session } from '../../runs/index.js';

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

/** How long a session was paused up to a moment. */
function pausedMs({ pauses }: Pick<Session, 'pauses'>, at: number): number {
  return pauses.reduce((sum, { from, to = at }) => sum + Math.max(0, Math.min(to, at) - from), 0);
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
    const end = ends[i] ?? session.startedAt;
    sum += Math.max(0, end - session.startedAt - pausedMs(session, end));
  }
  cache.set(view.sessions, { count: view.sessions.length, offsets });
  return offsets;
}

/** Seconds of searching up to a moment (ms since 1970); never below 0. */
export function activeSeconds(view: Times, at: number): number {
  const index = view.sessions.findLastIndex((one) => one.startedAt <= at);
  const session = view.sessions[index];
  if (!session) return 0;
  const worked = Math.max(0, at - session.startedAt - pausedMs(session, at));
  return ((offsetsOf(view)[index] ?? 0) + worked) / 1000;
}
