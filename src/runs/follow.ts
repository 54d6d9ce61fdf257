/** Follows a run as another process writes it. */
import { statSync } from 'node:fs';
import { MixnasError, messageOf } from '../base/index.js';
import { liveWriter } from './lock-holder.js';
import { findRun } from './names.js';
import { RunReading, type RunView } from './view.js';

export interface FollowedRun {
  /** The latest view. */
  readonly view: RunView;
  close(): void;
  /** Writes the cache again, step by step, where it is used and enough was read since. */
  saveSteps(): Generator<undefined, boolean> | undefined;
}

export interface FollowOptions {
  /** How often the journal is looked at. */
  readonly everyMs?: number;
  readonly root?: string;
  /** Whether to use a cache next to the journal. */
  readonly cached?: boolean;
}

/** A process that ended without a word is noticed so soon. */
const livenessEveryMs = 1000;

/**
 * Follows a run: reads it, then only what is appended to its journal. A journal that was cut shorter or
 * replaced is read again; a folder that vanishes leaves the last view, with a problem that says so, and is
 * taken up again when it comes back.
 *
 * The folder is looked at rather than watched: watching misses changes on network and container mounts,
 * and a look costs a few microseconds.
 * @param onChange called with each new view, never before this function has returned.
 * @throws MixnasError `bad-run` when there is no such run, or it cannot be read.
 */
export function followRun(
  pathOrName: string,
  onChange: (view: RunView) => void,
  { everyMs = 200, root, cached = false }: FollowOptions = {},
): FollowedRun {
  const folder = findRun(pathOrName, root);
  let reading = new RunReading(folder, cached);
  reading.advance();
  let inode = statSync(reading.journal).ino;
  /** The last view of a run that could be read. */
  let good = reading.view();
  let view = good;
  let trouble: string | undefined;
  let size = -1;
  let livenessAt = performance.now();

  function look(): RunView | undefined {
    const file = statSync(reading.journal, { throwIfNoEntry: false });
    if (!file) throw new MixnasError('bad-run', 'The run folder has vanished.');
    const replaced = trouble !== undefined || file.ino !== inode || file.size < reading.reader.bytes;
    if (replaced) {
      reading = new RunReading(folder);
      inode = file.ino;
    }
    // Opening the journal, and asking after its writer, cost more than all else: only where it may matter.
    const grown = (replaced || file.size !== size || reading.hasRequests()) && reading.advance().grown;
    size = file.size;
    const changed = replaced || grown || livenessChanged();
    trouble = undefined;
    if (changed) good = reading.view();
    return changed ? good : undefined;
  }

  function livenessChanged(): boolean {
    if (performance.now() - livenessAt < livenessEveryMs) return false;
    livenessAt = performance.now();
    return (liveWriter(folder) !== undefined) !== good.live;
  }

  /** The last good view with what is wrong now; undefined when that was said already. */
  function troubled(message: string): RunView | undefined {
    if (message === trouble) return undefined;
    trouble = message;
    return { ...good, live: false, problems: [...good.problems, message] };
  }

  const timer = setInterval(() => {
    let next: RunView | undefined;
    try {
      next = look();
    } catch (error) {
      next = troubled(messageOf(error));
    }
    if (!next) return;
    view = next;
    onChange(view);
  }, everyMs);
  return {
    get view() {
      return view;
    },
    close: () => clearInterval(timer),
    saveSteps: () => (cached && trouble === undefined ? reading.saveSteps() : undefined),
  };
}
