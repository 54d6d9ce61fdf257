/** Images of a user's own on their way to machines that do not have them: a list of files, each content by its hash. */
import { mkdirSync, readdirSync, statSync, existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';
import { MixnasError, parseWith, readBytes, sizeLimits, writeFileAtomic } from '../../base/index.js';
import { type Blob, blobSchema } from './protocol.js';
import type { Store } from './store/index.js';

/** The list of a folder's files; no name leads out of the folder. */
const listSchema = z
  .array(
    z.strictObject({
      name: z
        .string()
        .max(1000)
        .refine((name) => !name.split('/').some((part) => part === '' || part === '.' || part === '..'), {
          message: 'leads out of the folder',
        })
        .refine((name) => !/[\\\0:]/.test(name), { message: 'is not a name that every system has' }),
      content: blobSchema,
    }),
  )
  .max(5_000_000);

/** Stores a folder, file by file. @returns the list's own hash. */
export async function sendImages(folder: string, store: Store): Promise<Blob> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  const list = [];
  for (const name of names) {
    const path = join(folder, name);
    if (!statSync(path).isFile()) continue;
    const content = await store.put(readBytes(path, 'bad-data', { limit: sizeLimits.image }));
    list.push({ name: relative(folder, path).split(sep).join('/'), content });
  }
  return store.put(Buffer.from(JSON.stringify(list)));
}

/** Lays a folder down as it was sent, once. @returns where it lies. */
export async function receiveImages(list: Blob, store: Store, cache: string): Promise<string> {
  const folder = join(cache, list.hash.slice(0, 32));
  const done = join(cache, `${list.hash.slice(0, 32)}.complete`);
  if (existsSync(done)) return folder;
  const text = Buffer.from(await store.get(list)).toString('utf8');
  const files = parseWith<z.output<typeof listSchema>>(
    listSchema,
    parsed(text),
    'The list of images',
    'bad-data',
  );
  for (const { name, content } of files) {
    const path = join(folder, ...name.split('/'));
    if (existsSync(path) && statSync(path).size === content.bytes) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileAtomic(path, await store.get(content));
  }
  writeFileAtomic(done, '');
  return folder;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MixnasError('bad-data', 'The list of images is not JSON.', { cause: error });
  }
}
