/** A config to start from, written out of the schema: every field with its meaning and its default. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { stringify } from 'yaml';
import type { z } from 'zod';
import { MixnasError, writeFileAtomic } from '../../base/index.js';
import type { Profile } from '../../hardware/index.js';
import { parseConfig } from './config.js';
import { fieldsFor } from './init-data.js';
import { configSchema } from './schema.js';
import { loadSpace } from './spaces.js';

export interface InitOptions {
  readonly dataset?: string | undefined;
  readonly space?: string | undefined;
  readonly align?: 'auto' | number | undefined;
  readonly profiles?: readonly string[] | undefined;
  readonly maxLatencyMs?: Readonly<Record<string, number>> | undefined;
}

const width = 100;
/** The largest size that images of a folder are brought to. */
const mostResolution = 512;

/** A value on one line. */
function flow(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
}

/** Text as comment lines. */
function comment(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`# ${word}`);
  }
  return lines;
}

/** A field of a schema: what it means, and what it is where nothing is said. */
function fieldOf(schema: z.ZodType): {
  about: string | undefined;
  value: unknown;
  fields: Fields | undefined;
} {
  const def = schema.def as unknown as { type: string; innerType?: z.ZodType; defaultValue?: unknown };
  const inner = def.innerType && fieldOf(def.innerType);
  const shape = (schema as { shape?: Fields }).shape;
  return {
    about: schema.description ?? inner?.about,
    value: def.type === 'default' ? def.defaultValue : inner?.value,
    fields: shape ?? inner?.fields,
  };
}
type Fields = Readonly<Record<string, z.ZodType>>;

/** A value for a field that nothing is said of, and why: it is written commented out. */
interface Offer {
  readonly value: unknown;
  readonly why: string;
}
type Offers = Readonly<Record<string, Offer>>;

/** The lines of the fields of an object; one without a default is commented out. */
function lines(
  fields: Fields,
  given: Readonly<Record<string, unknown>>,
  indent: string,
  offers: Offers = {},
): string[] {
  return Object.entries(fields).flatMap(([key, schema]) => {
    const { about, value: initial, fields: inner } = fieldOf(schema);
    // Where the schema lies is for editors of JSON.
    if (about === undefined || key === '$schema') return [];
    const value = given[key] ?? initial;
    const text = comment(about).map((line) => indent + line);
    if (inner && value === undefined) {
      // What is different where something is missing is best left out until it is needed.
      if ((schema.def as { type: string }).type === 'optional') return [];
      return [...text, `${indent}${key}:`, ...lines(inner, {}, `${indent}  `), ''];
    }
    if (inner) return [...text, `${indent}${key}:`, ...lines(inner, value as Fields, `${indent}  `), ''];
    const offer = value === undefined ? offers[key] : undefined;
    const open = offer === undefined ? `# ${key}:` : `# ${key}: ${flow(offer.value)}`;
    const written = value === undefined ? open : `${key}: ${flow(value)}`;
    return [...text, ...(offer ? comment(offer.why) : []), indent + written, ...(indent === '' ? [''] : [])];
  });
}

/**
 * The text of a commented config with every field at its default, but for what is given.
 * @throws MixnasError `bad-config` or `bad-profile` when what is given does not fit.
 */
export function configTemplate(options: InitOptions = {}): string {
  return templateOf(options).text;
}

function templateOf(options: InitOptions, file?: string): { readonly text: string; readonly found?: string } {
  const { dataset, space, align, profiles, maxLatencyMs } = options;
  const side = () =>
    Math.min(mostResolution, loadSpace(space ?? configSchema.parse({}).space).source.resolution);
  const { fields, found } = dataset === undefined ? { fields: {} } : fieldsFor(dataset, side(), file);
  const given = {
    ...fields,
    ...(space === undefined ? {} : { space }),
    ...(align === undefined ? {} : { align }),
    ...(profiles === undefined ? {} : { profiles }),
    ...(maxLatencyMs === undefined ? {} : { limits: { latencyMs: maxLatencyMs } }),
  };
  const parsed = parseConfig(given, { what: 'init', ...(file !== undefined && { folder: dirname(file) }) });
  const offer = align === undefined ? alignOffer(parsed.profiles) : undefined;
  const head = [
    '# What `mixnas search` does with this file. Every field may be left out: what stands here is its default.',
    '',
  ];
  const text = `${[...head, ...lines(configSchema.shape, given, '', offer && { align: offer })].join('\n').trimEnd()}\n`;
  const said = [found, offer && `${offer.why} Take the # from \`align: auto\` to search such networks only.`]
    .filter((sentence) => sentence !== undefined)
    .join('\n');
  return { text, ...(said !== '' && { found: said }) };
}

/** Where an NPU is chosen that reads channels in multiples: that the search may be of networks that suit it. */
function alignOffer(profiles: readonly Profile[]): Offer | undefined {
  const npus = profiles.filter(
    ({ unit, channelGranularity = 1 }) => unit === 'NPU' && channelGranularity > 1,
  );
  if (npus.length === 0) return undefined;
  const each = npus.map(({ name, channelGranularity }) => `${name} (${channelGranularity})`).join(', ');
  return {
    value: 'auto',
    why: `Networks whose channels come in multiples that suit the NPU are faster on ${each}.`,
  };
}

/**
 * Writes a config to start from.
 * @returns what was found in a folder of the user's own images, and what is offered, a sentence a line.
 * @throws MixnasError `bad-usage` when the file exists.
 */
export function init(path: string, options: InitOptions = {}): string | undefined {
  const { text, found } = templateOf(options, path);
  if (existsSync(path)) {
    throw new MixnasError('bad-usage', `${path} exists already.`, {
      remedy: 'Give another name, or remove it first.',
    });
  }
  writeFileAtomic(path, text);
  return found;
}
