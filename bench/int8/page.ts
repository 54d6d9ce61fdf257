/** The tables of docs/results/int8.md: results are kept a network a line, so that the command may be ended and continued. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Row {
  readonly technique: string;
  readonly images: number;
  readonly accuracy: number;
  /** Points that it loses to floats on the same images. */
  readonly lost?: number;
  /** Share of the images with the class that floats give. */
  readonly same?: number;
  /** How far the logits are from those of floats on training images. */
  readonly error?: number;
}

export interface NetworkTable {
  /** As it was named. */
  readonly network: string;
  /** As the page calls it. */
  readonly title: string;
  readonly about: string;
  readonly rows: readonly Row[];
  /** The layers that lose most, with what each loses. */
  readonly worst: string;
}

/** The tables that a file holds; a line that was cut off is left out, and a network measured again counts once. */
export function readTables(path: string): NetworkTable[] {
  const tables = new Map<string, NetworkTable>();
  if (!existsSync(path)) return [];
  for (const text of readFileSync(path, 'utf8').split('\n')) {
    try {
      const table = JSON.parse(text) as NetworkTable;
      tables.set(table.network, table);
    } catch {
      // A line that was being written when the command ended.
    }
  }
  return [...tables.values()];
}

export function addTable(path: string, table: NetworkTable): void {
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, `${JSON.stringify(table)}\n`);
}

const percent = (share: number | undefined) => (share === undefined ? '' : `${(100 * share).toFixed(2)} %`);

function text({ title, about, rows, worst }: NetworkTable): string {
  const lines = rows.map(
    ({ technique, images, accuracy, lost, same, error }) =>
      `| ${technique} | ${images.toLocaleString('en')} | ${percent(accuracy)} | ${lost === undefined ? '' : lost.toFixed(2)} | ${percent(same)} | ${percent(error)} |`,
  );
  return `### ${title}

${about}

| technique | test images | accuracy | lost, points | same class | logits from float |
| --- | ---: | ---: | ---: | ---: | ---: |
${lines.join('\n')}

Layers that lose most: ${worst}.
`;
}

/** Puts the tables into a section of a page, between the lines that mark it. */
export function writePage(path: string, section: string, tables: readonly NetworkTable[]): void {
  const [begin, end] = [`<!-- begin: ${section} -->`, `<!-- end: ${section} -->`];
  const page = readFileSync(path, 'utf8');
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} has no lines "${begin}" and "${end}" to write between`);
  const all = tables.map(text).join('\n');
  writeFileSync(path, `${page.slice(0, from + begin.length)}\n\n${all}\n${page.slice(to)}`);
}
