/** Parsers of option values, shared by the commands. */
import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../base/index.js';

/** A whole number of at least `least`. */
export function integer(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || !Number.isSafeInteger(value)) {
      throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
    }
    return value;
  };
}

/** Gathers a repeatable option of whole numbers of at least `least`. */
export function integers(least: number): (text: string, before: readonly number[] | undefined) => number[] {
  const parse = integer(least);
  return (text, before) => [...(before ?? []), parse(text)];
}

/** What `--align` says of itself. */
export const alignHelp =
  'channels in multiples that suit the devices: borders between groups, and widths; `auto`, or a number';

/** `auto`, or a whole number. */
export function alignment(text: string): 'auto' | number {
  if (text === 'auto') return text;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 256) {
    throw new InvalidArgumentError('Expected `auto`, or a whole number from 1 to 256.');
  }
  return value;
}

/** A number above zero. */
export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && Number.isFinite(value))) {
    throw new InvalidArgumentError('Expected a number above 0.');
  }
  return value;
}

/** A share from 0 to 1: `0.45` or `45%`. */
export function share(text: string): number {
  const match = /^(\d*\.?\d+)\s*(%?)$/.exec(text.trim());
  const value = Number(match?.[1]) / (match?.[2] ? 100 : 1);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('Expected a share such as 0.45 or 45%.');
  return value;
}

/** Gathers `maximize EXPRESSION` or `minimize EXPRESSION`, or the name of a metric. */
export function objective(
  text: string,
  before: readonly (string | Readonly<Record<string, string>>)[] | undefined,
): (string | Readonly<Record<string, string>>)[] {
  const match = /^(maximize|minimize)\s+(.+)$/.exec(text.trim());
  return [...(before ?? []), match ? { [match[1] as string]: match[2] as string } : text.trim()];
}

/** A duration in seconds from `90`, `90s`, `15min`, `2h`. */
export function duration(text: string): number {
  const value = parseDuration(text);
  if (value === undefined) throw new InvalidArgumentError('Expected a duration such as 90s, 15min or 2h.');
  return value;
}

/** Gathers a repeatable option into a list. */
export function repeated(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}

type ByProfile = Readonly<Record<string, number>>;

/** Gathers `PROFILE=NUMBER`, in units of `unit`, into a record. */
const numberByProfile =
  (expected: string, unit = 1) =>
  (text: string, before: ByProfile | undefined): Record<string, number> => {
    const at = text.lastIndexOf('=');
    const value = Number(text.slice(at + 1));
    if (at < 1 || text.slice(at + 1).trim() === '' || !(value > 0 && Number.isFinite(value)))
      throw new InvalidArgumentError(`Expected ${expected}.`);
    return { ...before, [text.slice(0, at)]: value * unit };
  };

/** Gathers `PROFILE=MS` into a record. */
export const latencyLimit = numberByProfile('PROFILE=MS with a latency above 0, such as mali-g76=15');

/** Gathers `PROFILE=MB` into a record of bytes. */
export const memoryLimit = numberByProfile('PROFILE=MB with a memory above 0, such as mali-g76=20', 1e6);

/** Gathers `PROFILE=MS` into a record, or takes milliseconds alone, once. */
export function latencyLimitOrNumber(
  text: string,
  before: number | Readonly<Record<string, number>> | undefined,
): number | Record<string, number> {
  const alone = !text.includes('=');
  if (before !== undefined && (alone || typeof before === 'number')) {
    throw new InvalidArgumentError('Several limits need the name of each device, as in mali-g76=15.');
  }
  return alone ? positive(text) : latencyLimit(text, before);
}
