/**
 * Plain checks of the large parts of a profile. They only say whether a part is as its zod schema wants it;
 * what is wrong with one that is not, the schema says.
 */
import { kernelColumns, kernelOps } from './kernel.js';

type Fields = Readonly<Record<string, unknown>>;

const ops: ReadonlySet<unknown> = new Set(kernelOps);

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isPositive = (value: unknown) => Number.isFinite(value) && (value as number) > 0;

function isListOf(value: unknown, least: number, is: (item: unknown) => boolean): boolean {
  if (!Array.isArray(value) || value.length < least) return false;
  // By index: `every` would skip the holes of a sparse array.
  for (let i = 0; i < value.length; i++) if (!is(value[i])) return false;
  return true;
}

function isShape(value: unknown): boolean {
  return isListOf(value, kernelColumns, isCount) && (value as unknown[]).length === kernelColumns;
}

/** `{ op, shape, us, models }` and nothing else. */
function isTableEntry(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  let keys = 0;
  for (const _ in value) keys++;
  const { op, shape, us, models } = value as Fields;
  return (
    keys === 4 && ops.has(op) && isShape(shape) && isListOf(us, 1, isPositive) && isListOf(models, 1, isCount)
  );
}

export function areTableEntries(value: unknown): boolean {
  return isListOf(value, 0, isTableEntry);
}

/** A list of finite numbers: JSON holds no others, except those that are too large. */
function isLine(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  // No call in this loop: it is most of the work, and it runs before anything is compiled.
  for (let i = 0; i < value.length; i++) {
    const number: unknown = value[i];
    if (typeof number !== 'number' || number - number !== 0) return false;
  }
  return true;
}

/** Lists of lists of lists of numbers. */
export function areNumbers3(value: unknown): boolean {
  return isListOf(value, 0, (lines) => isListOf(lines, 0, isLine));
}
