/** What the set-up at the end of `npm install` (scripts/postinstall.mjs) wrote down. */
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot, readJsonFile } from '../../base/index.js';

const setupRecordSchema = z.object({
  /** `tfjs-node`: as its own install script left it; `built`: in the cache; `portable`: no TensorFlow. */
  rung: z.enum(['tfjs-node', 'built', 'portable']),
  /** Why it is not a higher rung, and what to do for one. */
  reason: z.string().optional(),
  climb: z.string().optional(),
  /** The output of what failed. */
  log: z.string().optional(),
  /** Where tfjs-node is. */
  path: z.string().optional(),
  tensorflow: z.string().optional(),
  /** Copies of tfjs-node that took their process down. */
  crashed: z.array(z.string()).optional(),
  node: z.string(),
  at: z.string(),
});

/** One rung of the set-up, and how it came about. */
export type SetupRecord = z.infer<typeof setupRecordSchema>;

/** The record, or undefined where the set-up never ran (`npm install --ignore-scripts`). */
export function readSetupRecord(): SetupRecord | undefined {
  try {
    const path = join(packageRoot(), 'node_modules', '.mixnas-setup.json');
    return setupRecordSchema.parse(readJsonFile(path, 'no-backend'));
  } catch {
    return undefined; // only advice and a safeguard: without it loading is simply tried
  }
}
