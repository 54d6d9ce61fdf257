import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readTar } from './tar.js';

const folder = mkdtempSync(join(tmpdir(), 'mixnas-tar-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Contents that do not compress, so that a cut in the archive is a cut in a file. */
const contents = Object.fromEntries(
  [0, 1, 511, 512, 513, 200_000].map((size, seed) => {
    let state = seed + 1;
    const bytes = Buffer.from(
      Uint8Array.from({ length: size }, () => (state = (state * 48_271) % 2_147_483_647)),
    );
    return [`inner/${size}.bin`, bytes];
  }),
);
mkdirSync(join(folder, 'inner'));
for (const [name, bytes] of Object.entries(contents)) writeFileSync(join(folder, name), bytes);
const archives = { 'a.tar': '-cf', 'a.tgz': '-czf' };
for (const [name, flag] of Object.entries(archives)) {
  execFileSync('tar', [flag, join(folder, name), '-C', folder, 'inner']);
}

async function read(path: string, wanted: (name: string) => boolean = () => true) {
  const found: Record<string, Buffer> = {};
  for await (const { name, bytes } of readTar(path, wanted)) found[name] = Buffer.from(bytes);
  return found;
}

it.each(Object.keys(archives))('reads every file of %s as tar wrote it', async (name) => {
  const found = await read(join(folder, name));
  expect(Object.keys(found).sort()).toEqual(Object.keys(contents).sort());
  for (const [file, bytes] of Object.entries(contents)) expect(found[file]?.equals(bytes)).toBe(true);
});

it('hands out only the wanted files', async () => {
  expect(Object.keys(await read(join(folder, 'a.tgz'), (name) => name.endsWith('513.bin')))).toEqual([
    'inner/513.bin',
  ]);
});

it.each([0.02, 0.3, 0.6, 0.9])(
  'says of an archive cut at %f of its length that it ends early',
  async (share) => {
    for (const name of Object.keys(archives)) {
      const cut = join(folder, `cut-${name}`);
      const whole = readFileSync(join(folder, name));
      writeFileSync(cut, whole);
      truncateSync(cut, Math.floor(whole.length * share));
      await expect(read(cut)).rejects.toMatchObject({
        code: 'bad-data',
        message: expect.stringMatching(
          /ends (inside inner\/\d+\.bin, after \d+ of its \d+ bytes|before its end mark)/,
        ),
      });
    }
  },
);

it('says of another file that it is no archive', async () => {
  const path = join(folder, 'text.tar');
  writeFileSync(path, 'This is not an archive. '.repeat(100));
  await expect(read(path)).rejects.toThrow('is not a tar archive');
});

/** The header of a file of `size` bytes, as an attacker may write it. */
function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(name);
  block.write(`${size.toString(8).padStart(11, '0')} `, 124);
  return block;
}

it('does not take in what claims to be larger than any data set', async () => {
  const path = join(folder, 'huge.tar');
  writeFileSync(path, Buffer.concat([header('train.bin', 2 ** 32), Buffer.alloc(1 << 20)]));
  await expect(read(path)).rejects.toMatchObject({
    code: 'bad-data',
    message: expect.stringMatching(/train\.bin is larger than/),
  });
  // What nobody wants is passed over without being held.
  await expect(read(path, () => false)).rejects.toThrow(/ends inside train\.bin, after \d+ of its/);
});

it('reads no device and no pipe', async () => {
  await expect(read('/dev/zero')).rejects.toThrow(/not a regular file/);
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  await expect(read(join(folder, 'pipe'))).rejects.toThrow(/is a named pipe/);
});
