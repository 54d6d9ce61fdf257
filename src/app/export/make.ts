/** What making one file takes and gives. */
import type { LowerOptions } from '../../export/index.js';
import type { DataSet } from '../../training/index.js';
import type { ExportOptions } from './options.js';
import type { CheckedFormat, FormatRuntime } from './formats.js';
import type { ExportedFile, FileCheck, Int8Check } from './report.js';
import type { FilePhase, Stopwatch } from './stopwatch.js';

export interface MakeContext {
  readonly format: CheckedFormat;
  /** Undefined where nothing is checked. */
  readonly runtime: FormatRuntime | undefined;
  readonly dataset: DataSet | undefined;
  readonly options: ExportOptions;
  readonly chosen: LowerOptions;
  readonly watch: Stopwatch<FilePhase>;
}

/** Bytes that have passed their check, and what is said of them. */
export interface Made {
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly precision: ExportedFile['precision'];
  readonly check?: FileCheck | undefined;
  readonly int8?: Int8Check | undefined;
  readonly notes?: readonly string[];
}
