/**
 * Measurements in our own JSON: distinct device kernels, which networks launched them and how long each took, and
 * the end-to-end times of those networks. From this, profiles are fitted and cross-validated.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseWith, readJsonDocument } from '../base/index.js';
import { kernelOps } from './kernel.js';
import { integer, row, rowColumns, source } from './profile/index.js';

const time = z.number().positive();

const measurements = z.strictObject({
  format: z.literal('mixnas-measurements').describe('What the file is.'),
  version: z.literal(1).describe('The version of this format.'),
  source: source.describe('Where the figures come from.'),
  devices: z
    .array(z.string())
    .min(1)
    .describe('Names of the profiles that these are for; all times are in this order.'),
  kernels: z
    .array(
      z.strictObject({
        op: z.enum(kernelOps).describe('The class of the device kernel.'),
        shape: row.describe(rowColumns),
      }),
    )
    .describe('The distinct device kernels.'),
  networks: z
    .array(
      z.strictObject({
        name: z.string().describe('What the network is called.'),
        family: z
          .string()
          .optional()
          .describe('Networks of one family are left out together when a fit is judged.'),
        launches: z
          .array(
            z.strictObject({
              kernel: integer.describe('The device kernel, as an index into `kernels`.'),
              us: z.array(time.nullable()).describe('Its µs on each device; null where it was not measured.'),
            }),
          )
          .describe('The device kernels that ran, in order.'),
        endToEndUs: z
          .array(time.nullable())
          .optional()
          .describe('µs of the whole network on each device; null where it was not measured.'),
        deviationUs: z
          .array(z.number().min(0).nullable())
          .optional()
          .describe('The standard deviation of these, where known.'),
        peakBytes: z
          .array(time.nullable())
          .optional()
          .describe('Peak memory of the process on each device, in bytes; null where it was not measured.'),
      }),
    )
    .describe('The networks that were measured.'),
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
  return parseMeasurements(readJsonDocument(path, 'bad-data'), path);
}

/** The measurement files of a folder, sorted. */
export function measurementFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => join(folder, file));
}
