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
 * The issue that says most: inside a union, that of the member that got furthest; where none got into the value, that
 * of one which says what could stand there.
 */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors
    .flat()
    .map(deepest)
    .toSorted((a, b) => b.path.length - a.path.length);
  const most = inner[0]?.path.length ? inner[0] : inner.find(({ code }) => code === 'invalid_value');
  return most ? { ...most, path: [...issue.path, ...most.path] } : issue;
}

/** The field that an issue is about. */
function fieldOf(issue: Issue): readonly PropertyKey[] {
  return issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
}

function sentence(issue: Issue, known: readonly string[]): string {
  const where = pathText(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const near = nearest(key, known).filter((name) => name !== key);
    const full = where ? `${where}.${key}` : key;
    return `unknown key \`${full}\`${near.length ? `; did you mean \`${near[0]}\`?` : ''}`;
  }
  const text = issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  return where ? `\`${where}\`: ${text}` : text;
}

/** A sentence ends in one mark. */
const endStop = (text: string) => (/[.?!]$/.test(text) ? text : `${text}.`);

/** The keys that a schema knows anywhere, for "did you mean". */
function keysOf(schema: z.ZodType, depth = 0): string[] {
  if (depth > 6) return [];
  const def = schema.def as unknown as Record<string, unknown>;
  const shape = (schema as { shape?: Record<string, z.ZodType> }).shape;
  if (shape) return Object.entries(shape).flatMap(([key, value]) => [key, ...keysOf(value, depth + 1)]);
  const inner = [def['innerType'], def['element'], def['valueType'], def['in'], def['out']];
  const options = (def['options'] as z.ZodType[] | undefined) ?? [];
  return [...inner, ...options].flatMap((s) => (s ? keysOf(s as z.ZodType, depth + 1) : []));
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
  const first = issues[0];
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const line = first && lineOf(value, fieldOf(first));
  throw new MixnasError(
    code,
    endStop(
      `${what}: ${line === undefined ? '' : `line ${line}: `}${first ? sentence(first, keysOf(schema)) : 'invalid'}${more}`,
    ),
  );
}
