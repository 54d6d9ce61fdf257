/** Loads the best tensor backend there is. Nothing else in mixnas imports TensorFlow. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InternalError, MixnasError, messageOf, packageRoot, commandLine } from '../../base/index.js';
import { type KernelStatus, loadKernels } from './kernels.js';
import { tfjsNodePaths } from './locate.js';
import { withoutStandardError } from './quiet.js';
import type { Tf } from './tf.js';
import { registerWasmGradients } from './wasm-gradients.js';

const require = createRequire(import.meta.url);

/** Which backend to load: the best, TensorFlow or nothing, the best without native code, plain JavaScript. */
export type BackendChoice = (typeof choices)[number];
const choices = ['auto', 'tfjs-node', 'portable', 'cpu'] as const;

/** A loaded tensor backend. It lives as long as the process. */
export interface Runtime {
  /** TensorFlow.js; the same instance that the backend belongs to. */
  readonly tf: Tf;
  readonly backend: 'tensorflow' | 'wasm' | 'cpu';
  /** The version of the TensorFlow library. */
  readonly tensorflowVersion: string | undefined;
  /** The folder of the tfjs-node that was loaded. */
  readonly tfjsNodePath: string | undefined;
  /** Our own device kernels for TensorFlow. */
  readonly kernels: KernelStatus;
  /** Why a better backend was not taken, one sentence each. */
  readonly refused: readonly string[];
}

export interface RuntimeOptions {
  /** Default: the variable `MIXNAS_BACKEND`, else `auto`. */
  readonly backend?: BackendChoice;
  /** Threads within one device kernel. Default: TensorFlow's own choice, one a core. */
  readonly intraOpThreads?: number;
}

let loaded: { readonly choice: BackendChoice; readonly runtime: Promise<Runtime> } | undefined;

/**
 * Loads the tensor backend, once a process; later calls give the same one.
 * @throws MixnasError `no-backend` when the backend that was asked for does not load, `bad-usage` when
 *   `MIXNAS_BACKEND` is none of the choices.
 */
export function loadRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  if (loaded) {
    if (options.backend !== undefined && options.backend !== loaded.choice) {
      throw new InternalError(`the backend is ${loaded.choice}; ${options.backend} needs a new process`);
    }
    return loaded.runtime;
  }
  const choice = options.backend ?? backendFromEnvironment();
  loaded = { choice, runtime: load(choice, options.intraOpThreads) };
  return loaded.runtime;
}

/** The choice in `MIXNAS_BACKEND`. @throws MixnasError `bad-usage` */
export function backendFromEnvironment(): BackendChoice {
  const set = process.env['MIXNAS_BACKEND'] || 'auto';
  const choice = choices.find((name) => name === set);
  if (choice) return choice;
  throw new MixnasError('bad-usage', `MIXNAS_BACKEND is \`${set}\`, which is not a backend.`, {
    remedy: `Set it to ${choices.join(', ')}, or unset it.`,
  });
}

/** `loadRuntime` without its memory: for tests, which compare backends in one process. */
export async function load(choice: BackendChoice, intraOpThreads?: number): Promise<Runtime> {
  const refused: string[] = [];
  if (choice === 'auto' || choice === 'tfjs-node') {
    setTensorFlowVariables(intraOpThreads);
    for (const path of tfjsNodePaths(refused)) {
      try {
        return tensorFlowRuntime(path, refused);
      } catch (error) {
        refused.push(`${path}: ${messageOf(error).split('\n')[0]}`);
      }
    }
    if (refused.length === 0) refused.push('@tensorflow/tfjs-node is not installed.');
    if (choice === 'tfjs-node') {
      throw new MixnasError('no-backend', `TensorFlow does not load: ${refused.join('; ')}`, {
        remedy: `Run \`${commandLine('doctor')}\` to see what is missing.`,
      });
    }
  }
  return portableRuntime(choice !== 'cpu', refused);
}

/**
 * TensorFlow's C library reads these once, when it is loaded; a user's own setting wins.
 *
 * TensorFlow 2.21 logs that oneDNN is on, and a line about its logging, while its library is loaded, before it reads
 * the level: these two are kept off the screen by `withoutStandardError`; 2 silences the one about the processor's
 * instructions. Errors are always shown.
 *
 * oneDNN: measured both ways on an AVX-512 host (TensorFlow 2.21, one thread, processor time, batch 128 of
 * 16x16x96). With it a depthwise 5x5 takes 3.9 ms forward and 5.5 ms for its input's gradient instead of
 * 10.2 and 10.3, a 9x9 8.5 and 12 instead of 40 and 43, batch normalisation 1.3 and 2.7 instead of 7.0 and
 * 9.4; only the kernel's gradient of a depthwise 5x5 or larger is slower, 24 instead of 11 ms. It is
 * TensorFlow's default on x86 since 2.9, and set here so that every version does the same.
 */
function setTensorFlowVariables(intraOpThreads: number | undefined): void {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  if (intraOpThreads !== undefined) {
    process.env['TF_NUM_INTRAOP_THREADS'] = String(intraOpThreads);
    process.env['TF_NUM_INTEROP_THREADS'] = '1'; // ops are run one after the other anyway
    process.env['OMP_NUM_THREADS'] = String(intraOpThreads);
  }
}

function tensorFlowRuntime(path: string, refused: readonly string[]): Runtime {
  require(join(packageRoot(), 'scripts', 'setup', 'node-util.cjs'));
  const tf = withoutStandardError(() => require(path) as Tf);
  const { binding } = tf.backend() as unknown as { binding: { TF_Version: string } };
  return {
    tf,
    backend: 'tensorflow',
    tensorflowVersion: binding.TF_Version,
    tfjsNodePath: path,
    kernels: loadKernels(),
    refused,
  };
}

async function portableRuntime(tryWasm: boolean, refused: readonly string[]): Promise<Runtime> {
  const tf = require('@tensorflow/tfjs') as Tf;
  tf.env().set('PROD', true); // no advice on standard error to install tfjs-node
  const kernels = { loaded: false, reason: 'They are for TensorFlow.' } as const;
  const portable = { tf, tensorflowVersion: undefined, tfjsNodePath: undefined, kernels };
  const failures = [...refused];
  if (tryWasm) {
    try {
      const wasm = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void };
      wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
      if (await withoutNewListeners(() => tf.setBackend('wasm'))) {
        registerWasmGradients(tf);
        return { ...portable, backend: 'wasm', refused: failures };
      }
      failures.push('The WebAssembly backend did not start.');
    } catch (error) {
      failures.push(`The WebAssembly backend did not start: ${messageOf(error)}`);
    }
  }
  await tf.setBackend('cpu');
  return { ...portable, backend: 'cpu', refused: failures };
}

/**
 * The compiled WebAssembly module listens for uncaught errors only to throw them again, which has Node print
 * its whole source, 100 KB on one line, above every error message.
 */
async function withoutNewListeners<T>(start: () => Promise<T>): Promise<T> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.rawListeners(event));
  const result = await start();
  events.forEach((event, i) => {
    for (const listener of process.rawListeners(event)) {
      if (!before[i]?.includes(listener)) process.removeListener(event, listener as () => void);
    }
  });
  return result;
}
