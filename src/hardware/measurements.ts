/**
 * Measurements in our own JSON: distinct kernels, which networks launched them and how long each took, and
 * the end-to-end times of those networks. From this, profiles are fitted and cross-validated.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { MixnasError, messageOf, parseWith, readTextFile } from '../base/index.js';
import { kernelOps } from './kernel.js';
import { integer, row, source } from './profile/index.js';

const time = z.number().positive();

const measurements = z.strictObject({
  format: z.literal('mixnas-measurements'),
  version: z.literal(1),
  source: source,
  /** Names of the profiles these are for; times below are in this order. */
  devices: z.array(z.string()).min(1),
  kernels: z.array(z.strictObject({ op: z.enum(kernelOps), shape: row })),
  networks: z.array(
    z.strictObject({
      name: z.string(),
      family: z.string().optional(),
      /** Index of each launched kernel, in order, and its µs on each device. */
      launches: z.array(z.strictObject({ kernel: integer, us: z.array(time.nullable()) })),
      /** End-to-end µs on each device, and their standard deviation where known. */
      endToEndUs: z.array(time.nullable()).optional(),
      deviationUs: z.array(z.number().min(0).nullable()).optional(),
    }),
  ),
});

/** The zod schema of a measurements file. */
export const measurementsSchema = measurements;
export type Measurements = z.output<typeof measurements>;
export type MeasuredNetwork = Measurements['networks'][number];

/** @throws MixnasError `bad-data` that names the field. */
export function parseMeasurements(value: unknown, what = 'measurements'): Measurements {
  return parseWith(measurements, value, what, 'bad-data');
}

/** Reads a measurements file. @throws MixnasError `bad-data`. */
export function loadMeasurements(path: string): Measurements {
  const text = readTextFile(path, 'bad-data');
  try {
    return parseMeasurements(JSON.parse(text), path);
  } catch (error) {
    if (error instanceof MixnasError) throw error;
    throw new MixnasError('bad-data', `${path}: not JSON (${messageOf(error)}).`, { cause: error });
  }
}

/** The measurement files of a folder, sorted. */
export function measurementFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => join(folder, file));
}
