/** What an export reports of each file. */
import type { Comparison, LayerError } from '../../export/index.js';
import type { ExportFormat } from './formats.js';
import type { QuantizationTry } from './int8.js';
import type { ExportPhase, FilePhase } from './stopwatch.js';

export interface FileCheck extends Comparison {
  /** The runtime that ran the file. */
  readonly runtime: string;
  /** What it was run on. */
  readonly on: string;
  /** Of the file, and of the network as it was trained; where the images have labels. */
  readonly accuracy?: number;
  readonly trainedAccuracy?: number;
}

export interface Int8Check {
  /** How it was quantized, and the other ways that were tried. */
  readonly chosen: QuantizationTry;
  readonly tried: readonly QuantizationTry[];
  /** By runtime, how many steps of its integers the logits are from the simulation at most. */
  readonly runtimes: readonly { readonly name: string; readonly steps: number }[];
  /** Where accuracy goes, layer by layer in execution order. */
  readonly layers: readonly LayerError[];
  /** Where it was trained on in integers: what that changed. */
  readonly qat?: FineTuning;
}

export interface FineTuning {
  readonly steps: number;
  readonly seed: number;
  readonly batchSize: number;
  /** The mean loss of the first and of the last tenth of the steps. */
  readonly loss: readonly [first: number, last: number];
  /** Before it: accuracy in integers where it is known, the distance of the logits, and the error of each layer. */
  readonly before: {
    readonly accuracy?: number | undefined;
    readonly error?: number | undefined;
    readonly layers: readonly LayerError[];
  };
}

export interface ExportedFile {
  readonly network: string;
  readonly format: ExportFormat;
  readonly precision: 'float32' | 'float16' | 'int8';
  /** The main file. */
  readonly path: string;
  /** Of all files that were written for it. */
  readonly bytes: number;
  readonly resolution: number;
  readonly classes: number;
  /** Whether the weights were trained. */
  readonly trained: boolean;
  /** Undefined where checking was switched off. */
  readonly check?: FileCheck;
  readonly int8?: Int8Check;
  /** What each phase took, in seconds. */
  readonly seconds: Readonly<Partial<Record<FilePhase, number>>>;
  /** What the user should know about how it was made. */
  readonly notes: readonly string[];
}

export interface ExportReport {
  readonly files: readonly ExportedFile[];
  /** What each phase took that is of no single file, in seconds. */
  readonly seconds: Readonly<Partial<Record<ExportPhase, number>>>;
  /** Networks whose file failed its check and was not written. */
  readonly failed: readonly { readonly network: string; readonly message: string }[];
}
