/** What an export may be asked for. */
import type { CalibrationMethod, ExportTarget, LowerOptions } from '../../export/index.js';
import type { DataProgress, DataSpec } from '../../training/index.js';
import type { SplitOptions } from '../network/index.js';
import type { ExportFormat } from './formats.js';

/** Where to cut: behind an op, or where a phone and a server together take least. */
export type ExportSplit = { readonly after: string } | SplitOptions;

export type QatChoice = 'auto' | 'always' | 'never';

export interface ExportOptions {
  readonly format?: ExportFormat | undefined;
  /** Weights in 16 bits. */
  readonly float16?: boolean | undefined;
  /** Everything in 8-bit integers. */
  readonly int8?: boolean | undefined;
  /** How the ranges of integers are chosen; by default in the way that keeps the logits nearest. */
  readonly calibration?: CalibrationMethod | undefined;
  /** Points of accuracy that integers may cost; a file that costs more is not written. */
  readonly maxLoss?: number | undefined;
  /**
   * Quantization-aware fine-tuning: where quantizing after training loses more than `maxLoss` (`auto`, the default),
   * always or never.
   */
  readonly qat?: QatChoice | undefined;
  /** Steps of fine-tuning. Default: 300. */
  readonly qatSteps?: number | undefined;
  /** Seed of its batches. Default: 1. */
  readonly qatSeed?: number | undefined;
  /** The file reads and gives 8-bit integers too. */
  readonly integerIo?: boolean | undefined;
  /** Where the file is to run; it decides what is not given. Default: `any`. */
  readonly target?: ExportTarget | undefined;
  readonly swish?: LowerOptions['swish'] | undefined;
  readonly groupedConvolution?: LowerOptions['groupedConvolution'] | undefined;
  /** An operating point of gated blocks. */
  readonly groups?: number | undefined;
  /** Input height and width; as trained by default. */
  readonly resolution?: number | undefined;
  /** The folder to write; `exported` by default. */
  readonly out?: string | undefined;
  /** The folder of a page that classifies pictures with the file in a browser; the file is written there. */
  readonly web?: string | undefined;
  /** Test images to check with. Default: 1000, above 64 pixels 100. */
  readonly images?: number | undefined;
  /** Whether files are checked before they are written. Default: true. */
  readonly check?: boolean | undefined;
  /** Writes a network in two: what a phone runs, and what a server runs from there. */
  readonly split?: ExportSplit | undefined;
  /** Images to check with and to calibrate on, in place of those that the weights say: where the same folder is now. */
  readonly data?: DataSpec | undefined;
  /** Receives what is not known of the data, as a sentence. */
  readonly onNotice?: ((notice: string) => void) | undefined;
  readonly onData?: ((progress: DataProgress) => void) | undefined;
  readonly onStep?: ((step: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
