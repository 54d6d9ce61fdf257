/**
 * End-to-end times as the benchmarks of ncnn and MNN print them: settings, then a line a network. A file may hold several
 * runs; runs of different settings are of different devices for us, and one of them is chosen.
 */
import { MixnasError, median } from '../../base/index.js';
import { decimalsOf } from './decimal.js';
import { Keeping } from './limits.js';
import { isOpen } from './lines.js';
import { isListingRow, type ListingRow, listingRow } from './listing-row.js';
import { type LogLine, logLines } from './log-lines.js';

/** Times of the same network on the same device differ by less. */
const sameDevice = 1.25;

/** Settings that change times, as ncnn prints them; others are only counts and pauses. */
const settings = /^\W*(num_threads|powersave|gpu_device|loop_count|cooling_down)\s*=\s*(\S+)\s*$/i;
const idle = /^(loop_count|cooling_down)$/i;
const forward = /Forward type:\s*(.*)$/i;

interface Block {
  /** Settings, such as `num_threads=4` or `CPU`. */
  readonly context: Map<string, string>;
  /** The line above them: often a device, or the command. */
  readonly title: string;
  readonly line: number;
  readonly rows: ListingRow[];
}

/** Whether a line is of such a listing. */
export const isListingLine = isListingRow;

/** What tells a block from others: its settings but for counts and pauses. */
const contextOf = ({ context }: Block) =>
  [...context].flatMap(([key, value]) => (idle.test(key) ? [] : [key === '' ? value : `${key}=${value}`]));

/** `**CPU** thread=4** precision=2` as settings by name; the back end has none. */
function forwardSettings(text: string): [key: string, value: string][] {
  return text
    .replaceAll('*', ' ')
    .trim()
    .split(/[\s,]+/)
    .map((word) => [/^(.*)=/.exec(word)?.[1] ?? '', word.replace(/^.*=/, '')]);
}

function settingsOf(text: string): [key: string, value: string][] {
  const match = settings.exec(text);
  if (match !== null) return [[(match[1] as string).toLowerCase(), match[2] as string]];
  const type = forward.exec(text)?.[1];
  return type === undefined ? [] : forwardSettings(type);
}

function addSettings(
  block: Block,
  found: readonly (readonly [string, string])[],
  line: LogLine,
  what: string,
): void {
  for (const [key, value] of found) {
    const known = block.context.get(key);
    if (known !== undefined && known !== value) {
      throw new MixnasError(
        'bad-data',
        `${what}: line ${line.number}: ${key || 'the back end'} is ${value}, and ${known} a few lines above; are two listings mixed?`,
      );
    }
    block.context.set(key, value);
  }
}

/** Rows by the settings above them. */
function blocksOf(lines: Iterable<string>, what: string): Block[] {
  const begin = (title: string, line: number): Block => ({ context: new Map(), title, line, rows: [] });
  let block = begin('', 1);
  const blocks = [block];
  const keeping = new Keeping(what);
  let title = '';
  for (const line of logLines(lines)) {
    const found = settingsOf(line.text);
    if (found.length > 0) {
      if (block.rows.length > 0 || block.context.size === 0) {
        blocks.push((block = begin(title, line.number)));
      }
      addSettings(block, found, line, what);
    } else if (isListingRow(line.text)) {
      keeping.network();
      const row = listingRow(line, what);
      checkEnd(row, block, isOpen(lines), what);
      block.rows.push(row);
    } else if (line.text.trim() !== '' && !/Benchmarking\.\.\./.test(line.text)) {
      title = line.text.trim();
    }
  }
  return blocks.filter(({ rows }) => rows.length > 0);
}

/** The last line of a file without a line break may have lost digits. */
function checkEnd(row: ListingRow, { rows }: Block, open: boolean, what: string): void {
  if (!open || rows.length === 0 || rows.some(({ text }) => decimalsOf(text) <= decimalsOf(row.text))) return;
  throw new MixnasError(
    'bad-data',
    `${what}: line ${row.line}, the last, has fewer digits than the others and no line break; is the file cut off?`,
  );
}

/** How many times as long the networks took in one block as in another; 1 where they share none. */
function ratio(a: Block, b: Block): number {
  const ratios = a.rows.flatMap(({ model, ms }) =>
    b.rows.filter((other) => other.model === model).map((other) => Math.max(ms / other.ms, other.ms / ms)),
  );
  return ratios.length === 0 ? 1 : median(ratios);
}

/** Whether two blocks are runs of one device: the same settings and about the same times. */
const alike = (a: Block, b: Block) =>
  contextOf(a).sort().join() === contextOf(b).sort().join() && ratio(a, b) < sameDevice;

/** The blocks of the one device that is meant: all, or those that the words of `device` describe. */
function chosen(blocks: readonly Block[], device: string, what: string): readonly Block[] {
  const isOne = (list: readonly Block[]) => list.slice(1).every((block) => alike(block, list[0] as Block));
  if (isOne(blocks)) return blocks;
  const words = device
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  const described = blocks.filter((block) => {
    const own = new Set([...contextOf(block), ...block.title.split(/\s+/)].map((word) => word.toLowerCase()));
    return words.length > 0 && words.every((word) => own.has(word));
  });
  if (described.length > 0 && isOne(described)) return described;
  const names = blocks.map((block) => {
    const text = contextOf(block).join(' ');
    const plain = blocks.filter((other) => contextOf(other).join(' ') === text).length === 1;
    return `line ${block.line}: ${plain || block.title === '' ? text || 'no settings' : `${block.title}, ${text}`}`;
  });
  const [first = '', ...others] = blocks.map((block) => contextOf(block).join(' '));
  const own = first.split(' ').find((word) => !others.every((text) => text.split(' ').includes(word)));
  throw new MixnasError('bad-data', `${what}: it lists runs of ${blocks.length} settings or devices.`, {
    remedy: `Choose one with --prefix and words of its settings or the line above them, such as --prefix '${own ?? blocks[0]?.title}', or keep one a file (${names.slice(0, 6).join('; ')}).`,
  });
}

/** One block lists a network once; where it does twice, lines of two runs stand together without their settings. */
function checkRepeats({ rows }: Block, what: string): void {
  const first = new Map<string, ListingRow>();
  for (const row of rows) {
    const known = first.get(row.model);
    if (known && Math.max(known.ms / row.ms, row.ms / known.ms) >= sameDevice) {
      throw new MixnasError(
        'bad-data',
        `${what}: lines ${known.line} and ${row.line}: ${row.model} takes ${known.ms} and ${row.ms} ms; are they of two devices or back ends?`,
        { remedy: 'Keep the rows of one device.' },
      );
    }
    if (!known) first.set(row.model, row);
  }
}

/**
 * Yields model and milliseconds of each line that has a time; other lines are settings, or ignored.
 * @param device words that choose a run where the file has several: a back end, or settings as they stand there.
 * @throws MixnasError `bad-data` when no line has a time, one is not above 0, or it is not clear which runs are meant.
 */
export function* importListing(
  lines: Iterable<string>,
  what: string,
  device = '',
): Generator<{ readonly model: string; readonly ms: number }> {
  const blocks = blocksOf(lines, what);
  if (blocks.length === 0) throw new MixnasError('bad-data', `${what}: no line has min, max and avg.`);
  const taken = chosen(blocks, device, what);
  for (const block of taken) checkRepeats(block, what);
  for (const { rows } of taken) for (const { model, ms } of rows) yield { model, ms };
}
