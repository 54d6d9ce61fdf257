/** The runs of a folder, each read when it is new or has changed, a few at a time. */
import { join } from 'node:path';
import { messageOf } from '../../base/index.js';
import { lastChange, listRuns, readRunSummary, type RunSummary, TallyReader } from '../../runs/index.js';

/** A run of the list; without a summary while it is not read yet, or where it cannot be. */
export interface RunEntry {
  readonly name: string;
  readonly folder: string;
  readonly summary: RunSummary | undefined;
  readonly problem: string | undefined;
}

export interface RunList {
  /** Newest first. */
  readonly entries: readonly RunEntry[];
  /** Polls the folder again. `more`: some runs are still to be read, at another poll. */
  refresh(): { readonly changed: boolean; readonly more: boolean };
}

/** Runs that are read at a look; the others wait for the next, so that keys are answered meanwhile. */
const readAtOnce = 4;

export function createRunList(root: string): RunList {
  const unread = (name: string): RunEntry => ({
    name,
    folder: join(root, name),
    summary: undefined,
    problem: undefined,
  });
  let entries: readonly RunEntry[] = listRuns(root).map(unread);
  const known = new Map<
    string,
    {
      readonly changedAt: number;
      readonly live: boolean;
      readonly entry: RunEntry;
      readonly tally: TallyReader;
    }
  >();

  const read = (name: string, folder: string, tally: TallyReader): RunEntry => {
    try {
      return { name, folder, summary: readRunSummary(folder, tally), problem: undefined };
    } catch (error) {
      return { name, folder, summary: undefined, problem: messageOf(error) };
    }
  };

  return {
    get entries() {
      return entries;
    },
    refresh() {
      let left = readAtOnce;
      let changed = false;
      let more = false;
      const next = listRuns(root).map((name): RunEntry => {
        const folder = join(root, name);
        const changedAt = lastChange(folder);
        const before = known.get(name);
        // A live run is read again and again: it may have ended without a word.
        if (before && before.changedAt === changedAt && !before.live) return before.entry;
        if (left === 0) {
          more = true;
          return before?.entry ?? unread(name);
        }
        left--;
        changed = true;
        const tally = before?.tally ?? new TallyReader(folder);
        const entry = read(name, folder, tally);
        known.set(name, { changedAt, live: entry.summary?.live ?? false, entry, tally });
        return entry;
      });
      changed ||= next.length !== entries.length || next.some((entry, i) => entry.name !== entries[i]?.name);
      entries = next;
      return { changed, more };
    },
  };
}
