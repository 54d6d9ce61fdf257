/** Stable names for plain data. */
import { createHash } from 'node:crypto';

/** JSON of plain data with keys in sorted order, so that equal data gives equal text. */
export function canonicalJson(value: unknown): string {
  // Not by a replacer of JSON.stringify, which would build every object again.
  if (typeof value === 'number' && Number.isFinite(value)) return `${value}`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((inner) => canonicalJson(inner) ?? 'null').join()}]`;
  const fields = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const key of Object.keys(fields).sort()) {
    const inner = canonicalJson(fields[key]);
    if (inner !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${inner}`;
  }
  return `{${text}}`;
}

/** The first 16 hex digits of the SHA-256 of a text, or of plain data's canonical JSON. */
export function shortHash(value: unknown): string {
  const text = typeof value === 'string' ? value : canonicalJson(value);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
