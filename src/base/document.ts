/** YAML and JSON as people write them: read with the line of every field, for messages. */
import { type ErrorCode, MixnasError, messageOf } from './errors.js';
import {
  isTooDeep,
  looksTooDeep,
  mostDepth,
  parseJsonText,
  readTextFile,
  sizeLimits,
} from './files/index.js';
import { formatBytes } from './format.js';
import { type DocumentFault, jsonFault, losesDigits, lostDigits } from './json-fault.js';
import { yaml } from './lazy.js';

/** From a field's path to the number of the line where it stands. */
type Lines = (path: readonly PropertyKey[]) => number | undefined;

/** Where the fields of data that came from a text stand, by that data. */
const known = new WeakMap<object, Lines>();

/** The line of a field of data that `readDocument` read; of the nearest field around it where it is missing. */
export function lineOf(data: unknown, path: readonly PropertyKey[]): number | undefined {
  return typeof data === 'object' && data !== null ? known.get(data)?.(path) : undefined;
}

/** A changed copy of data that `readDocument` read, whose fields stand where those of the data do. */
export function withLinesOf<T extends object>(data: object, copy: T): T {
  const lines = known.get(data);
  if (lines) known.set(copy, lines);
  return copy;
}

/**
 * Reads a YAML or JSON file; an empty one is `{}`.
 * @throws MixnasError with `code`: the file cannot be read, is too large, or is neither, and on which line.
 */
export function readDocument(path: string, code: ErrorCode): unknown {
  const text = readTextFile(path, code, { text: 'YAML or JSON' });
  const data = asJson(text, path, code) ?? readYaml(text, path, code);
  if (isTooDeep(data)) throw tooDeep(path, code);
  return data;
}

/**
 * Parses what people write in JSON alone.
 * @param path what messages call it.
 * @throws MixnasError with `code`: it is no JSON, or says something that would be lost in silence.
 */
export function parseJsonDocument(text: string, path: string, code: ErrorCode): unknown {
  return withoutFault(parseJsonText(text, path, code), text, path, code);
}

/** Reads a file that people write in JSON alone. @throws MixnasError with `code`; see `parseJsonDocument`. */
export function readJsonDocument(path: string, code: ErrorCode): unknown {
  return parseJsonDocument(readTextFile(path, code, { text: 'JSON' }), path, code);
}

const tooDeep = (path: string, code: ErrorCode) =>
  new MixnasError(code, `${path}: it is nested deeper than ${mostDepth} levels.`);

/**
 * JSON is a hundred times cheaper by its own parser; YAML's reads it again where a message needs a line.
 * @returns undefined for what is not an object or a list in JSON.
 */
function asJson(text: string, path: string, code: ErrorCode): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  let data: object;
  try {
    data = JSON.parse(text) as object;
  } catch {
    return undefined;
  }
  return withoutFault(data, text, path, code);
}

/** Data of a JSON text, once nothing in it is lost in silence. @throws MixnasError `code` */
function withoutFault<T>(data: T, text: string, path: string, code: ErrorCode): T {
  const fault = jsonFault(text);
  if (fault) throw faulty(fault, path, code);
  if (typeof data === 'object' && data !== null && text.length <= sizeLimits.yaml)
    known.set(data, (fields) => yamlOf(text).lines(fields));
  return data;
}

const faulty = ({ line, says, remedy }: DocumentFault, path: string, code: ErrorCode) =>
  new MixnasError(code, `${path}: line ${line}: ${says}.`, { remedy });

function readYaml(text: string, path: string, code: ErrorCode): unknown {
  if (text.length > sizeLimits.yaml) {
    throw new MixnasError(
      code,
      `${path} is not JSON, and as YAML larger than ${formatBytes(sizeLimits.yaml)}.`,
      {
        remedy: 'Check that it is the file that was meant; a large document must be JSON.',
      },
    );
  }
  if (looksTooDeep(text)) throw tooDeep(path, code);
  const notYaml = (where: string, why: string, cause: unknown) =>
    new MixnasError(code, `${path}: ${where}not YAML or JSON: ${why}.`, { cause });
  let parsed: ReturnType<typeof yamlOf>;
  let fault: DocumentFault | undefined;
  let data: unknown;
  try {
    parsed = yamlOf(text);
    const isSound = parsed.document.errors.length === 0;
    fault = isSound ? yamlFault(parsed) : undefined;
    data = isSound && !fault ? (parsed.document.toJS() ?? {}) : {};
  } catch (error) {
    // An alias that stands for thousands of others; lists within lists without end.
    throw notYaml('', error instanceof RangeError ? 'it is nested too deeply' : reasonOf(error), error);
  }
  const [error] = parsed.document.errors;
  if (error) {
    const { line, col } = parsed.counter.linePos(error.pos[0]);
    throw notYaml(`line ${line}, column ${col}: `, reasonOf(error), error);
  }
  if (fault) throw faulty(fault, path, code);
  if (typeof data === 'object' && data !== null) known.set(data, parsed.lines);
  return data;
}

/** What YAML's parser only warns of, or rounds. */
function yamlFault({ document, counter }: ReturnType<typeof yamlOf>): DocumentFault | undefined {
  const lineAt = (offset: number) => counter.linePos(offset).line;
  const [warning] = document.warnings;
  if (warning?.code === 'TAG_RESOLVE_FAILED') {
    return {
      line: lineAt(warning.pos[0]),
      says: 'unknown tag; mixnas reads plain YAML, which knows no tags of its own such as `!env` and `!include`',
      remedy: 'Write the value itself.',
    };
  }
  if (warning)
    return { line: lineAt(warning.pos[0]), says: reasonOf(warning), remedy: 'Write plain YAML 1.2.' };
  const { isAlias, isNode, isScalar, visit } = yaml();
  const anchors = new Set<string>();
  let fault: DocumentFault | undefined;
  visit(document, (_key, node) => {
    if (isAlias(node) && !anchors.has(node.source)) {
      fault = {
        line: lineAt(node.range?.[0] ?? 0),
        says: 'an alias (`*name`) whose anchor (`&name`) does not stand before it',
        remedy: 'Write the value itself, or put text that begins with `*` in quotation marks.',
      };
    } else if (isScalar(node) && typeof node.value === 'number' && losesDigits(node.source ?? '')) {
      fault = lostDigits(lineAt(node.range?.[0] ?? 0), node.source ?? '');
    }
    if (isNode(node) && !isAlias(node) && node.anchor !== undefined) anchors.add(node.anchor);
    return fault && visit.BREAK;
  });
  return fault;
}

/** The parser's sentence, without what it quotes of the file. */
const reasonOf = (error: unknown) => messageOf(error).replace(/:? ["'`].*$/s, '');

/** A text's YAML, and where its fields stand. */
function yamlOf(text: string) {
  const { LineCounter, parseDocument } = yaml();
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, logLevel: 'error' });
  const lines: Lines = (fields) => {
    for (let depth = fields.length; depth > 0; depth--) {
      const offset = keyOffset(document, fields.slice(0, depth));
      if (offset !== undefined) return counter.linePos(offset).line;
    }
    return undefined;
  };
  return { document, counter, lines };
}

/** Where the key of a field begins, or the element of a list. */
function keyOffset(
  document: ReturnType<typeof yamlOf>['document'],
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
  return yaml().isNode(node) ? node.range?.[0] : undefined;
}
