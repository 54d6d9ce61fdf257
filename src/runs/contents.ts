/** The files of a run folder next to its journal: everything needed to show the run and to resume it. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import {
  dataIdentitySchema,
  type ErrorCode,
  MixnasError,
  ownPart,
  packageVersion,
  parseWith,
  readJsonFile,
  sizeLimits,
  syncFolder,
} from '../base/index.js';
import { isSaneTime } from './journal/index.js';
import { constraintSchema, objectiveSchema } from '../metrics/index.js';
import { type NewStoredConfig, type StoredConfig, storedConfigSchema } from './config.js';

/** The version of the folder's layout and of the journal's lines. */
export const formatVersion = 2;

/** A name, or a formula in the place of one: what is longer was written by nobody, and would have to be drawn. */
const text = z.string().max(4096);
/** A genome as the journal writes it. */
const coded = z.string().max(1 << 20);
const numbers = z.record(text, z.number());

const manifestSchema = z.strictObject({
  format: z.number().int(),
  name: text,
  /** ISO 8601. */
  created: text.refine((text) => isSaneTime(Date.parse(text)), 'is not a date'),
  versions: z.record(text, text),
  machine: z.strictObject({
    host: text,
    platform: text,
    cpu: text,
    cores: z.number(),
    memoryBytes: z.number(),
  }),
  /** The tensor backend, or the evaluator where that needs none. */
  backend: text,
  space: z.strictObject({
    name: text,
    hash: text,
    size: text,
    /** What its channels are multiples of, where it was aligned. */
    align: z.number().optional(),
  }),
  objectives: z.array(objectiveSchema).min(1),
  /** What a trial must also meet to be on the front; the other limits are met by every trial. */
  constraints: z.array(constraintSchema).optional(),
  /** The metrics that are known before an evaluation, in the order in which the journal holds them. */
  metrics: z.array(text),
  /** Where accuracy comes from, as words after "accuracy is"; runs of 0.1.0 do not say it. */
  accuracySource: text.optional(),
  /** Which data its networks are judged on; left out where that is none, and in runs of 0.1.0. */
  data: dataIdentitySchema(z).optional(),
  /** The mark of the user who made the run on the programs that its config starts. */
  consent: text.optional(),
});
/** What a run was made by, where, and how its journal is to be read. */
export type Manifest = z.output<typeof manifestSchema>;

const referencesSchema = z.strictObject({
  /** The reference models as they would be deployed. */
  models: z.array(z.strictObject({ name: z.string().max(256), values: numbers })),
  /** What each objective but accuracy is divided by for the hypervolume. */
  scales: numbers,
});
/** Reference models next to which a front is shown. */
export type ReferenceModels = z.output<typeof referencesSchema>;

const warmStartSchema = z.strictObject({
  /** Results of earlier runs: the first trials of this one, in this order. */
  known: z.array(
    z.strictObject({
      genome: coded,
      values: numbers,
      from: z.strictObject({ folder: text, trial: z.number().int() }),
    }),
  ),
  /** Genomes that are evaluated first. */
  first: z.array(coded),
});
/** What a run began with; genomes as the journal writes them. */
export type WarmStart = z.output<typeof warmStartSchema>;

/** What a run folder holds next to its journal and results. */
export interface RunContents {
  readonly manifest: Manifest;
  readonly config: StoredConfig;
  /** The search space as it stood in its file. */
  readonly space: unknown;
  readonly references: ReferenceModels;
  /** What the run began with; undefined where that was nothing. */
  readonly warmStart?: WarmStart | undefined;
  /** Paths of the copies of the hardware profiles, by name. */
  readonly profiles: Readonly<Record<string, string>>;
}

/** What `createRun` is given: profiles as the text of their files. */
export interface NewRunContents extends Omit<RunContents, 'manifest' | 'config' | 'profiles'> {
  readonly config: NewStoredConfig;
  readonly manifest: Omit<Manifest, 'format' | 'name'>;
  readonly profiles: Readonly<Record<string, string>>;
}

const warmStartFile = 'warm-start.json';

const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

/** Writes the files into a new folder, and to the disk: a journal is of no use without them. */
export function writeContents(folder: string, name: string, contents: NewRunContents): void {
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text, { flush: true });
  for (const part of ['profiles', 'weights']) mkdirSync(join(folder, part));
  for (const [profile, text] of Object.entries(contents.profiles)) write(`profiles/${profile}.json`, text);
  write('config.json', json(contents.config));
  write('space.json', json(contents.space));
  write('landmarks.json', json(contents.references));
  if (contents.warmStart) write(warmStartFile, json(contents.warmStart));
  write('manifest.json', json({ format: formatVersion, name, ...contents.manifest }));
  write('journal.jsonl', '');
  for (const part of ['profiles', '.']) syncFolder(join(folder, part));
}

const code: ErrorCode = 'bad-run';

/** A part of the folder: that file itself, no link to another. */
const readJson = (path: string, limit?: number): unknown => readJsonFile(path, code, { own: true, limit });

/**
 * Reads the files of a run folder, all but the journal.
 * @throws MixnasError `bad-run` when one is missing or broken, or was written by a newer mixnas.
 */
export function readContents(folder: string): RunContents {
  const read = <T>(file: string, schema: z.ZodType<T>, limit?: number): T =>
    parseWith(schema, readJson(join(folder, file), limit), join(folder, file), code);
  const { format } = read('manifest.json', z.looseObject({ format: z.number() }));
  if (format > formatVersion) {
    throw new MixnasError(code, `${folder} was written by a newer mixnas (format ${format}).`, {
      remedy: `This is mixnas ${packageVersion()}, which reads up to format ${formatVersion}; install a newer one.`,
    });
  }
  return {
    manifest: read('manifest.json', manifestSchema),
    config: read('config.json', storedConfigSchema),
    space: readJson(join(folder, 'space.json')),
    references: read('landmarks.json', referencesSchema),
    ...(ownPart(join(folder, warmStartFile), 'file', code)
      ? { warmStart: read(warmStartFile, warmStartSchema, sizeLimits.table) }
      : {}),
    profiles: profilePaths(join(folder, 'profiles')),
  };
}

/** @throws MixnasError `bad-run` where the folder, or a profile in it, is a link. */
function profilePaths(folder: string): Record<string, string> {
  const files = ownPart(folder, 'folder', code) ? readdirSync(folder) : [];
  const paths = files.filter((file) => file.endsWith('.json')).map((file) => join(folder, file));
  for (const path of paths) ownPart(path, 'file', code);
  return Object.fromEntries(paths.map((path) => [basename(path, '.json'), path]));
}
