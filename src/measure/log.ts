/** The file that keeps what was measured so far: one JSON line a network and round. */
import { appendFileSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { asDiskError, makeFolders, readTextFile, sizeLimits, writeFileAtomic } from '../base/index.js';

const roundRecord = z.strictObject({
  name: z.string(),
  round: z.number().int().min(0),
  us: z.number().positive(),
  deviationUs: z.number().min(0),
  runs: z.number().int().positive(),
  nodes: z.array(z.strictObject({ node: z.string(), us: z.number().min(0) })),
});
/** One network in one round: typical µs of the whole (see `typicalTime`) and of each node. */
export type RoundRecord = z.output<typeof roundRecord>;

/** What was measured so far. One writer a file. */
export interface MeasureLog {
  has(name: string, round: number): boolean;
  /** The rounds of a network, in order. */
  rounds(name: string): RoundRecord[];
  /** @throws MixnasError `no-space`. */
  append(record: RoundRecord): void;
}

/** A torn last line, of an append that was interrupted, is dropped: that network is measured again. */
function readRecords(path: string): RoundRecord[] {
  if (!existsSync(path)) return [];
  return readTextFile(path, 'bad-data', { limit: sizeLimits.table })
    .split('\n')
    .flatMap((line) => {
      try {
        return [roundRecord.parse(JSON.parse(line))];
      } catch {
        return [];
      }
    });
}

/** @throws MixnasError `no-space` when the file cannot be written. */
export function openMeasureLog(path: string): MeasureLog {
  const records = new Map<string, Map<number, RoundRecord>>();
  const keep = (record: RoundRecord) => {
    const rounds = records.get(record.name) ?? new Map<number, RoundRecord>();
    records.set(record.name, rounds.set(record.round, record));
  };
  const guarded = (write: () => void) => {
    try {
      write();
    } catch (error) {
      throw asDiskError(error, path) ?? error;
    }
  };
  const kept = readRecords(path);
  guarded(() => {
    makeFolders(dirname(path));
    writeFileAtomic(path, kept.map((record) => `${JSON.stringify(record)}\n`).join(''));
  });
  kept.forEach(keep);
  return {
    has: (name, round) => records.get(name)?.has(round) ?? false,
    rounds: (name) => [...(records.get(name)?.values() ?? [])].sort((a, b) => a.round - b.round),
    append(record) {
      guarded(() => appendFileSync(path, `${JSON.stringify(record)}\n`));
      keep(record);
    },
  };
}
