/**
 * LiteRT, TensorFlow Lite's successor, as WebAssembly with XNNPACK: `@litertjs/core`. It is made for browsers'
 * workers; in Node it loads once a few globals exist, which are taken away again afterwards.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readFileSync } from 'node:fs';
import { runInThisContext } from 'node:vm';
import { InternalError, MixnasError, messageOf } from '../../base/index.js';
import type { CheckRuntime, Elements, LoadedModel } from './runtime.js';

const require = createRequire(import.meta.url);

type LiteRt = typeof import('@litertjs/core');

let loading: Promise<CheckRuntime | undefined> | undefined;

/** LiteRT, loaded once a process; undefined where it is not installed. */
export function loadLiteRt(): Promise<CheckRuntime | undefined> {
  loading ??= load();
  return loading;
}

/** Where it is installed; undefined where it is not. */
function installed(): string | undefined {
  try {
    return dirname(dirname(require.resolve('@litertjs/core')));
  } catch {
    return undefined;
  }
}

/** What a page in a browser needs of it, each by its name there; undefined where it is not installed. */
export function liteRtFiles(): readonly (readonly [name: string, path: string])[] | undefined {
  const folder = installed();
  if (folder === undefined) return undefined;
  const utils = createRequire(join(folder, 'package.json')).resolve('@litertjs/wasm-utils');
  // With SIMD of 2023, and without it for older browsers.
  const programs = ['litert_wasm_internal', 'litert_wasm_compat_internal'].flatMap((name) =>
    ['js', 'wasm'].map((ending) => `wasm/${name}.${ending}`),
  );
  return [
    ['core.js', join(folder, 'dist', 'index.js')],
    ['wasm-utils.js', utils],
    ...programs.map((name) => [name, join(folder, name)] as const),
  ];
}

async function load(): Promise<CheckRuntime | undefined> {
  const folder = installed();
  if (folder === undefined) return undefined;
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  const said: string[] = [];
  const litert = await withWorkerGlobals(folder, said, async () => {
    const module = await import('@litertjs/core');
    await module.loadLiteRt(`${join(folder, 'wasm')}/`);
    return module;
  });
  return { name: `LiteRT ${version}`, load: (bytes) => open(litert, bytes, said) };
}

/** What a worker of a browser has, and Emscripten's loader asks for. */
async function withWorkerGlobals<T>(folder: string, said: string[], work: () => Promise<T>): Promise<T> {
  const scope = globalThis as unknown as Record<string, unknown>;
  const print = (text: string) => void said.push(text);
  const added = {
    self: globalThis,
    // It would print a line about every file that it opens.
    Module: { print, printErr: print },
    require,
    __dirname: join(folder, 'wasm'),
    importScripts: (path: string) => runInThisContext(readFileSync(path, 'utf8'), { filename: path }),
  };
  const before = Object.keys(added).map(
    (name) => [name, Object.getOwnPropertyDescriptor(scope, name)] as const,
  );
  for (const [name, value] of Object.entries(added)) {
    Object.defineProperty(scope, name, { value, configurable: true, writable: true });
  }
  // It looks for a GPU, and warns at length that a browser's interface to it is missing.
  const { warn } = console;
  console.warn = (...texts: unknown[]) => void said.push(texts.map(String).join(' '));
  try {
    return await work();
  } finally {
    console.warn = warn;
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(scope, name, descriptor);
      else Reflect.deleteProperty(scope, name);
    }
  }
}

async function open(litert: LiteRt, bytes: Uint8Array, said: string[]): Promise<LoadedModel> {
  said.length = 0;
  try {
    const model = await litert.loadAndCompile(bytes, { accelerator: 'wasm' });
    const shape = [...(model.getInputDetails()[0]?.shape ?? [])];
    return {
      async run(image) {
        const input = litert.Tensor.fromTypedArray(floats(image), shape);
        const [output] = await model.run(input);
        input.delete();
        if (!output) throw new InternalError('the file has no output');
        const values = (await output.data()).slice() as Float32Array;
        output.delete();
        return values;
      },
      dispose: () => model.delete(),
    };
  } catch (error) {
    const reason = said.findLast((text) => text.startsWith('ERROR')) ?? messageOf(error);
    throw new MixnasError('evaluation-failed', `LiteRT refuses the file: ${reason}`, { cause: error });
  }
}

/** Its JavaScript interface has no tensors of 8-bit integers with a sign. */
function floats(image: Elements): Float32Array {
  if (image instanceof Float32Array) return image;
  throw new InternalError('LiteRT takes files that read and give floats');
}
