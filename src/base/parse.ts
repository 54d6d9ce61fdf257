/** From untrusted to typed: one zod schema, and one sentence that says what is wrong and where. */
import type { z } from 'zod';
import { lineOf } from './document.js';
import { type ErrorCode, MixnasError } from './errors.js';
import { nearest } from './text.js';

type Issue = z.core.$ZodIssue;

/** The path of a field as a person writes it: `limits.mali-g76`, `blocks[3].kernels[0]`. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i ? '.' : ''}${String(part)}`))
    .join('');
}

/**
 * The issue that says most: inside a union, that of the member that got furthest; where none got into the value, all
 * that could stand there.
 */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const inner = issue.errors
    .flat()
    .map(deepest)
    .toSorted((a, b) => b.path.length - a.path.length);
  const [most] = inner;
  if (most?.path.length) return { ...most, path: [...issue.path, ...most.path] };
  const values = inner.flatMap((i) => (i.code === 'invalid_value' ? i.values : []));
  const types = inner.flatMap((i) =>
    i.code === 'invalid_type' ? [typeWords[i.expected] ?? i.expected] : [],
  );
  const named = values.map((value) => JSON.stringify(value)).join('|');
  const options = [values.length > 1 ? `one of ${named}` : named, ...new Set(types)].filter(Boolean);
  if (options.length === 0) return most ? { ...most, path: issue.path } : issue;
  const message = `Invalid ${values.length > 0 ? 'option' : 'input'}: expected ${options.join(' or ')}`;
  return { ...issue, code: 'invalid_value', values, message };
}

const typeWords: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'text',
};

/** The field that an issue is about. */
function fieldOf(issue: Issue): readonly PropertyKey[] {
  return issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
}

function sentence(issue: Issue, schema: z.ZodType, value: unknown): string {
  const where = pathText(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const full = where ? `${where}.${key}` : key;
    const here = nearest(key, keysAt(schema, issue.path, value));
    return `unknown key \`${full}\`${meant(here.length > 0 ? here : nearest(key, keysOf(schema)), key)}`;
  }
  const given = issue.path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown>)?.[key],
    value,
  );
  const near = typeof given === 'string' ? meant(nearest(given, wordsOf(issue)), given) : '';
  const text = issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  const full = near === '' ? text : `${text.replace(/\.$/, '')}${near}`;
  return where ? `\`${where}\`: ${full}` : full;
}

/** `; did you mean \`kernels\`?` for the first name that is not the word itself. */
function meant(names: readonly string[], word: string): string {
  const name = names.find((near) => near !== word);
  return name === undefined ? '' : `; did you mean \`${name}\`?`;
}

/** The words that could stand where an issue is. */
function wordsOf(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  // A union by a discriminator says what it knows in its message only.
  if (issue.code !== 'invalid_union') return [];
  return [...issue.message.matchAll(/'([^']+)'/g)].map(([, word = '']) => word);
}

/** A sentence ends in one mark. */
const endStop = (text: string) => (/[.?!]$/.test(text) ? text : `${text}.`);

/** What a schema is made of, as far as keys go. */
function partsOf(schema: z.ZodType) {
  const def = schema.def as unknown as Record<string, unknown>;
  const options = (def['options'] as z.ZodType[] | undefined) ?? [];
  const inner = [def['innerType'], def['in'], def['out']].filter((part) => part !== undefined) as z.ZodType[];
  const items = [def['element'], def['valueType']].filter((part) => part !== undefined) as z.ZodType[];
  return { shape: (schema as { shape?: Record<string, z.ZodType> }).shape, options, inner, items };
}

/** The keys that a schema knows anywhere, for "did you mean". */
function keysOf(schema: z.ZodType, depth = 0): string[] {
  if (depth > 6) return [];
  const { shape, options, inner, items } = partsOf(schema);
  if (shape) return Object.entries(shape).flatMap(([key, value]) => [key, ...keysOf(value, depth + 1)]);
  return [...inner, ...items, ...options].flatMap((part) => keysOf(part, depth + 1));
}

/** The keys that a schema knows at a path; of a union those of the members that have the value's own words. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): string[] {
  const { shape, options, inner, items } = partsOf(schema);
  if (options.length > 0) {
    const fitting = options.filter((option) => hasWordsOf(option, value));
    return (fitting.length > 0 ? fitting : options).flatMap((option) => keysAt(option, path, value));
  }
  if (!shape && inner.length > 0) return inner.flatMap((part) => keysAt(part, path, value));
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(shape ?? {});
  const within = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  const below = shape ? [shape[String(key)]].filter((part) => part !== undefined) : items;
  return below.flatMap((part) => keysAt(part, rest, within));
}

/** Whether what an object schema wants word for word, such as a name, is what the value has. */
function hasWordsOf(option: z.ZodType, value: unknown): boolean {
  const { shape } = partsOf(option);
  if (!shape) return false;
  return Object.entries(shape).every(([key, field]) => {
    const { values } = field.def as { values?: readonly unknown[] };
    return values === undefined || values.includes((value as Record<string, unknown> | undefined)?.[key]);
  });
}

/**
 * Parses `value` with `schema`.
 * @param what where the value came from, as the user knows it: a file's path or `--flag`.
 * @throws MixnasError with `code` and one sentence that names `what` and the field.
 */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, what: string, code: ErrorCode): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(deepest);
  // A name with a typing error explains the field that is missing for it.
  const first = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const line = first && lineOf(value, fieldOf(first));
  throw new MixnasError(
    code,
    endStop(
      `${what}: ${line === undefined ? '' : `line ${line}: `}${first ? sentence(first, schema, value) : 'invalid'}${more}`,
    ),
  );
}
