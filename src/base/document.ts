/** YAML and JSON as people write them: read with the line of every field, for messages. */
import { LineCounter, isNode, parseDocument } from 'yaml';
import { type ErrorCode, MixnasError } from './errors.js';
import { readTextFile } from './files.js';

/** From a field's path to the number of the line where it stands. */
type Lines = (path: readonly PropertyKey[]) => number | undefined;

/** Where the fields of data that came from a text stand, by that data. */
const known = new WeakMap<object, Lines>();

/** The line of a field of data that `readDocument` read; of the nearest field around it where it is missing. */
export function lineOf(data: unknown, path: readonly PropertyKey[]): number | undefined {
  return typeof data === 'object' && data !== null ? known.get(data)?.(path) : undefined;
}

/**
 * Reads a YAML or JSON file; an empty one is `{}`.
 * @throws MixnasError with `code`: the file cannot be read, or is neither, and on which line.
 */
export function readDocument(path: string, code: ErrorCode): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(readTextFile(path, code), { lineCounter, prettyErrors: false });
  const error = document.errors[0];
  if (error) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw new MixnasError(code, `${path}: line ${line}, column ${col}: not YAML or JSON: ${error.message}.`, {
      cause: error,
    });
  }
  const data: unknown = document.toJS() ?? {};
  if (typeof data === 'object' && data !== null) {
    known.set(data, (fields) => {
      for (let depth = fields.length; depth > 0; depth--) {
        const offset = keyOffset(document, fields.slice(0, depth));
        if (offset !== undefined) return lineCounter.linePos(offset).line;
      }
      return undefined;
    });
  }
  return data;
}

/** Where the key of a field begins, or the element of a list. */
function keyOffset(
  document: ReturnType<typeof parseDocument>,
  path: readonly PropertyKey[],
): number | undefined {
  const last = path.at(-1);
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const items: unknown = (parent as { items?: unknown } | undefined)?.items;
  if (!Array.isArray(items)) return undefined;
  const pair = items.find((item) => String((item as { key?: unknown }).key) === String(last)) as
    | { key?: unknown }
    | undefined;
  const node: unknown = typeof last === 'number' ? items[last] : pair?.key;
  return isNode(node) ? node.range?.[0] : undefined;
}
