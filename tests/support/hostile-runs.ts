/** Run folders as a stranger, a broken disk or an attacker may hand them over: each kind is one change of a sound run. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

export interface HostileKind {
  readonly name: string;
  /** Changes a copy of a sound run. */
  apply(folder: string): void;
}

type Fields = Record<string, unknown>;

/** A line with the check sum that it needs, whatever it says: `JSON` holds raw text, for numbers beyond a double. */
function lineOf(body: string): string {
  const open = body.slice(0, -1);
  return `${open},"c":"${crc32(open).toString(16).padStart(8, '0')}"}\n`;
}

/** Lines of a journal, changed by `change`, summed and numbered again. */
function rewrite(folder: string, change: (line: Fields, i: number) => Fields | Fields[] | string): void {
  const path = join(folder, 'journal.jsonl');
  let n = 0;
  const text = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .flatMap((line, i) => {
      const { c: _, ...fields } = JSON.parse(line) as Fields;
      const changed = change(fields, i);
      if (typeof changed === 'string') return [lineOf(changed)];
      return [changed]
        .flat()
        .map((one) => lineOf(JSON.stringify({ ...one, n: one['n'] === fields['n'] ? ++n : one['n'] })));
    })
    .join('');
  writeFileSync(path, text);
}

/** A field of all lines of a type (and of those alone) has another value; raw JSON. */
const field = (type: string, name: string, raw: string): HostileKind => ({
  name: `journal: ${type}.${name} is ${raw.length > 30 ? `${raw.slice(0, 30)}...` : raw}`,
  apply: (folder) =>
    rewrite(folder, (line) => {
      if (line['type'] !== type) return line;
      const mark = '"@@"';
      return JSON.stringify({ ...line, [name]: '@@' }).replace(mark, () => raw);
    }),
});

/** A field of a JSON file, by its path, has another value; raw JSON. */
const json = (file: string, path: readonly (string | number)[], raw: string): HostileKind => ({
  name: `${file}: ${path.join('.')} is ${raw.length > 30 ? `${raw.slice(0, 30)}...` : raw}`,
  apply(folder) {
    const data = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Fields;
    let at: Fields = data;
    for (const key of path.slice(0, -1)) at = (at[key] ??= {}) as Fields;
    at[path.at(-1) as string] = '@@';
    writeFileSync(
      join(folder, file),
      JSON.stringify(data).replace('"@@"', () => raw),
    );
  },
});

const text = (file: string, name: string, content: string | (() => string)): HostileKind => ({
  name: `${file}: ${name}`,
  apply(folder) {
    rmSync(join(folder, file), { recursive: true, force: true });
    writeFileSync(join(folder, file), typeof content === 'string' ? content : content());
  },
});

const place = (file: string, name: string, put: (path: string) => void): HostileKind => ({
  name: `${file}: ${name}`,
  apply(folder) {
    rmSync(join(folder, file), { recursive: true, force: true });
    put(join(folder, file));
  },
});

const append = (name: string, content: () => string): HostileKind => ({
  name: `journal: ${name}`,
  apply(folder) {
    const path = join(folder, 'journal.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8') + content());
  },
});

const numbers = ['-1', '1e999', '-1e300', '1e300', '1.5', '9007199254740993', '"1"', 'null', '4294967294'];
const texts = [
  JSON.stringify('\u001b]0;x\u0007\u0000'),
  '""',
  '5',
  '[]',
  JSON.stringify('a'.repeat(100_000)),
  '"../../x"',
];
const parts = [
  'journal.jsonl',
  'manifest.json',
  'config.json',
  'space.json',
  'landmarks.json',
  'lock',
  'control.jsonl',
  'front.json',
];
const contents: readonly [string, string | (() => string)][] = [
  ['empty', ''],
  ['null', 'null'],
  ['a list', '[]'],
  ['zeros', '\0'.repeat(5000)],
  ['not JSON', '{"a": secret'],
  ['nested without end', () => '['.repeat(200_000)],
  ['deep', () => `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`],
  ['20 MB of spaces', () => ' '.repeat(20 << 20)],
  ['40 MB of digits', () => `[${'1,'.repeat(20 << 20)}1]`],
];

export const hostileKinds: readonly HostileKind[] = [
  ...['t', 'n', 'id'].flatMap((name) => numbers.map((raw) => field('ask', name, raw))),
  ...['worker', 'seconds', 't', 'id'].flatMap((name) => numbers.map((raw) => field('tell', name, raw))),
  field('tell', 't', '8.7e15'),
  ...numbers.map((raw) => field('ask', 'known', `[${raw}]`)),
  ...['-1e300', '1e300', '1e999', '0', '1e-300'].map((raw) =>
    field('ask', 'known', `[${`${raw},`.repeat(5)}${raw}]`),
  ),
  ...[
    '{}',
    '{"accuracy":1e999}',
    '{"accuracy":1e300}',
    '{"accuracy":-1e300}',
    '{"accuracy":"1"}',
    '{"__proto__":1,"accuracy":0.5}',
    '[]',
  ].map((raw) => field('tell', 'values', raw)),
  ...texts.map((raw) => field('ask', 'genome', raw)),
  ...texts.map((raw) => field('tell', 'curve', raw)),
  ...texts.map((raw) => field('ask', 'origin', raw)),
  ...['trials', 'workers', 'seconds', 'pid'].flatMap((name) =>
    ['-1', '1e999', '9007199254740991', '0'].map((raw) => field('session', name, raw)),
  ),
  {
    name: 'journal: genomes are doubled',
    apply: (folder) =>
      rewrite(folder, (line) => (line['type'] === 'ask' ? { ...line, genome: 'AAAA' } : line)),
  },
  { name: 'journal: every line twice', apply: (folder) => rewrite(folder, (line) => [line, line]) },
  {
    name: 'journal: trials are missing',
    apply: (folder) => rewrite(folder, (line) => (line['id'] === 1 ? [] : line)),
  },
  {
    name: 'journal: trials come backwards',
    apply: (folder) =>
      rewrite(folder, (line) => (typeof line['id'] === 'number' ? { ...line, id: 100 - line['id'] } : line)),
  },
  {
    name: 'journal: a key too many',
    apply: (folder) => rewrite(folder, (line) => ({ ...line, line: 5, message: 'x' })),
  },
  append('an unterminated line of 64 MB', () => 'x'.repeat(64 << 20)),
  append('a line of 32 MB', () => `${'x'.repeat(32 << 20)}\n`),
  append('a million empty lines', () => '\n'.repeat(1_000_000)),
  {
    name: 'journal: ends within a line',
    apply: (folder) => truncateSync(join(folder, 'journal.jsonl'), 500),
  },
  ...parts.flatMap((file) => contents.map(([name, content]) => text(file, name, content))),
  ...parts.flatMap((file) => [
    place(file, 'a folder', (path) => mkdirSync(path)),
    place(file, 'a link to a device without end', (path) => symlinkSync('/dev/zero', path)),
    place(file, 'a link to nothing', (path) => symlinkSync('/nothing', path)),
    place(file, 'gone', () => {}),
  ]),
  ...['weights', 'profiles', 'checkpoints'].flatMap((file) => [
    place(file, 'a file', (path) => writeFileSync(path, '')),
    place(file, 'a link', (path) => symlinkSync('/etc', path)),
    place(file, 'gone', () => {}),
  ]),
  ...['"yesterday"', '"+275760-09-13T00:00:00.001Z"', '5'].map((raw) =>
    json('manifest.json', ['created'], raw),
  ),
  ...texts.flatMap((raw) => [
    json('manifest.json', ['name'], raw),
    json('manifest.json', ['objectives', 0, 'name'], raw),
    json('config.json', ['profiles', 0], raw),
    json('landmarks.json', ['models', 0, 'name'], raw),
  ]),
  ...numbers.flatMap((raw) => [
    json('manifest.json', ['format'], raw),
    json('config.json', ['budget', 'trials'], raw),
    json('config.json', ['deploy', 'resolution'], raw),
    json('config.json', ['limits', 'latencyMs', 'mali-g76'], raw),
    json('landmarks.json', ['scales', 'latencyMs.mali-g76'], raw),
  ]),
  ...['[]', '["accuracy","accuracy"]', '["__proto__"]'].map((raw) => json('manifest.json', ['metrics'], raw)),
  json('manifest.json', ['objectives', 0, 'name'], '"nothing"'),
];
