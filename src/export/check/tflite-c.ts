/**
 * TensorFlow Lite 2.9 of 2022 through its C interface: the library within `tfjs-tflite-node`, called by `koffi`. It is
 * the old runtime that files must still load in, and its reference int8 kernels are those of the specification.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import { MixnasError } from '../../base/index.js';
import type { CheckRuntime, LoadedModel } from './runtime.js';

const require = createRequire(import.meta.url);

/** The folder of each platform in the package. */
const libraries: Readonly<Record<string, string>> = {
  'linux-x64': 'linux_amd64/libtensorflowlite_c.so',
  'linux-arm64': 'linux_arm64/libtensorflowlite_c.so',
  'darwin-arm64': 'darwin_arm64/libtensorflowlite_c.dylib',
  'win32-x64': 'windows_amd64/tensorflowlite_c.dll',
};

let loaded: CheckRuntime | undefined;

/** TensorFlow Lite's C library; undefined where its packages are not installed, or none is for this platform. */
export function loadTfliteC(): CheckRuntime | undefined {
  loaded ??= load();
  return loaded;
}

function load(): CheckRuntime | undefined {
  let koffi: typeof import('koffi');
  let path: string;
  try {
    koffi = require('koffi') as typeof import('koffi');
    const file = libraries[`${process.platform}-${process.arch}`];
    const folder = dirname(require.resolve('tfjs-tflite-node/package.json'));
    if (file === undefined) return undefined;
    path = join(folder, 'cc_deps', file);
  } catch {
    return undefined;
  }
  if (!existsSync(path)) return undefined;
  const library = koffi.load(path);
  const c = functionsOf(library);
  return {
    name: `TensorFlow Lite ${c.version()}`,
    load: async (bytes) => open(c, bytes),
  };
}

function functionsOf(library: ReturnType<typeof import('koffi')['load']>) {
  const f = (declaration: string) => library.func(declaration);
  return {
    version: f('const char *TfLiteVersion()') as () => string,
    model: f('void *TfLiteModelCreate(const uint8_t *data, size_t size)'),
    deleteModel: f('void TfLiteModelDelete(void *model)'),
    options: f('void *TfLiteInterpreterOptionsCreate()'),
    threads: f('void TfLiteInterpreterOptionsSetNumThreads(void *options, int32_t count)'),
    deleteOptions: f('void TfLiteInterpreterOptionsDelete(void *options)'),
    interpreter: f('void *TfLiteInterpreterCreate(void *model, void *options)'),
    deleteInterpreter: f('void TfLiteInterpreterDelete(void *interpreter)'),
    allocate: f('int TfLiteInterpreterAllocateTensors(void *interpreter)'),
    input: f('void *TfLiteInterpreterGetInputTensor(void *interpreter, int32_t index)'),
    output: f('void *TfLiteInterpreterGetOutputTensor(void *interpreter, int32_t index)'),
    invoke: f('int TfLiteInterpreterInvoke(void *interpreter)'),
    type: f('int TfLiteTensorType(void *tensor)'),
    size: f('size_t TfLiteTensorByteSize(void *tensor)'),
    write: f('int TfLiteTensorCopyFromBuffer(void *tensor, const uint8_t *data, size_t size)'),
    read: f('int TfLiteTensorCopyToBuffer(void *tensor, _Out_ uint8_t *data, size_t size)'),
  };
}

/** The number of 8-bit integers in the enum `TfLiteType`. */
const int8Type = 9;

function open(c: ReturnType<typeof functionsOf>, bytes: Uint8Array): LoadedModel {
  const refused = (step: string) =>
    new MixnasError('evaluation-failed', `TensorFlow Lite ${c.version()} refuses the file when it ${step}.`, {
      remedy: 'Its own words are above.',
    });
  const model = c.model(bytes, bytes.length) as unknown;
  if (!model) throw refused('reads it');
  const options = c.options() as unknown;
  c.threads(options, 1);
  const interpreter = c.interpreter(model, options) as unknown;
  c.deleteOptions(options);
  const dispose = () => {
    if (interpreter) c.deleteInterpreter(interpreter);
    c.deleteModel(model);
  };
  const fail = (step: string): never => {
    dispose();
    throw refused(step);
  };
  if (!interpreter) fail('looks its ops up');
  if (c.allocate(interpreter) !== 0) fail('prepares its tensors');
  const [input, output] = [c.input(interpreter, 0), c.output(interpreter, 0)] as [unknown, unknown];
  const size = Number(c.size(output));
  const isInt8 = c.type(output) === int8Type;
  return {
    async run(image) {
      // The library reads the bytes of the file as long as the model lives.
      if (bytes.length === 0) throw refused('runs it');
      if (
        c.write(input, new Uint8Array(image.buffer, image.byteOffset, image.byteLength), image.byteLength) !==
        0
      ) {
        throw refused('takes an image');
      }
      if (c.invoke(interpreter) !== 0) throw refused('runs it');
      const made = new Uint8Array(size);
      c.read(output, made, size);
      return isInt8 ? new Int8Array(made.buffer) : new Float32Array(made.buffer);
    },
    dispose,
  };
}
