/** What peers reached, recorded once by `bench/peers/record.py`. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot, parseWith } from '../../src/base/index.js';

const peer = z.strictObject({
  name: z.string(),
  version: z.string(),
  command: z.string(),
  /** Distinct evaluations at which ratios and seconds were taken. */
  budgets: z.array(z.number()),
  runs: z.array(
    z.strictObject({
      problem: z.string(),
      seed: z.number(),
      ratios: z.array(z.number()),
      seconds: z.array(z.number()),
    }),
  ),
});
export type Peer = z.output<typeof peer>;

export function readPeers(): Peer[] {
  const folder = join(packageRoot(), 'bench/peers');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.map((name) =>
    parseWith(peer, JSON.parse(readFileSync(join(folder, name), 'utf8')), `bench/peers/${name}`, 'bad-data'),
  );
}
