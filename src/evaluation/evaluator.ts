/** What evaluators and executors take and give; an evaluator of one's own implements `Evaluator`. */
import type { CurvePoint } from '../base/index.js';
import type { DataIdentity, ErrorCode } from '../base/index.js';
import type { Architecture } from '../models/index.js';
import type { ResolvedDataSpec } from '../training/index.js';
import type { TrialLimits } from './limits/index.js';

/** What evaluators learn from, if they learn. */
export interface TrainingData {
  readonly dataset: ResolvedDataSpec;
  /** Which data that is: classes are labelled in its order, and weights remember it. */
  readonly identity?: DataIdentity | undefined;
  /** Decides which training images are held out. */
  readonly splitSeed: string | number;
  /** The source of the space that is searched, for evaluators that need it. */
  readonly space?: unknown;
  /** What a trial may take at most. */
  readonly trialLimits?: TrialLimits | undefined;
  /** Whether accuracy is that of the network in simulated 8-bit integers, next to which that in floats is given. */
  readonly int8?: boolean | undefined;
  /** Receives what the user should know, a sentence each. */
  readonly notice?: ((text: string) => void) | undefined;
}

/** One architecture to be evaluated. */
export interface EvaluationJob {
  readonly trial: number;
  readonly architecture: Architecture;
  /** The place of the worker that it runs on, from 0; evaluators in this process receive it. */
  readonly slot?: number | undefined;
  /** Decides everything random about the evaluation. */
  readonly seed: string;
  /** Where the trained weights are to be written, if there are any. */
  readonly weightsPath?: string | undefined;
  /** The file of the search's supernet, and whether the network is to be cut out and trained further. */
  readonly supernet?: { readonly path: string; readonly tune: boolean } | undefined;
  /** The part of the evaluation that is to be done; default: all of it. */
  readonly part?: EvaluationPart | undefined;
}

/** A part of an evaluation, from one rung to the next. */
export interface EvaluationPart {
  /** Steps done in earlier parts; 0 in the first. */
  readonly from: number;
  /** Steps after which it stops; at most the evaluator's. */
  readonly until: number;
  /** The checkpoint of the part before; one that is missing is made up for by doing all steps again. */
  readonly load?: string | undefined;
  /** Where the checkpoint is to be written; nothing for the last part. */
  readonly save?: string | undefined;
}

/** One point of a learning curve. */
export type { CurvePoint };

/** How far an evaluation is. */
export interface EvaluationProgress {
  readonly step: number;
  readonly steps: number;
  readonly loss?: number | undefined;
  readonly accuracy?: number | undefined;
}

/**
 * What came of it. `failed` is a property of the trial (it diverged, or took its process down), unless the fault is
 * the machine's: its process was ended from outside.
 */
export type EvaluationOutcome =
  | {
      readonly state: 'complete';
      /** Metrics by name; `accuracy` is on held-out validation images, from 0 to 1. */
      readonly values: Readonly<Record<string, number>>;
      readonly curve: readonly CurvePoint[];
      readonly seconds: number;
    }
  | {
      readonly state: 'failed';
      readonly reason: string;
      readonly seconds: number;
      readonly fault?: 'machine' | undefined;
    };

/** Evaluates one architecture after the other. */
export interface Evaluator {
  /** The tensor backend, or the evaluator's name where it needs none. */
  readonly backend: string;
  /** The version of TensorFlow's library, where that is the backend. */
  readonly tensorflow?: string | undefined;
  /**
   * The same job gives the same outcome on one machine and backend, in parts or as a whole.
   * @param signal aborting ends what runs outside this process; the outcome then no longer counts.
   * @throws what is not the trial's own fault, such as a full disk: that ends the search.
   */
  evaluate(
    job: EvaluationJob,
    onProgress: (progress: EvaluationProgress) => void,
    signal?: AbortSignal,
  ): Promise<EvaluationOutcome>;
  /** Ends what it has kept for the next evaluation. */
  close?(): Promise<void>;
}

/** Error codes that are a property of the trial. */
const trialFaults: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['diverged', 'evaluation-failed']);

/** Whether an error of an evaluation is the trial's own fault. */
export const isTrialFault = (code: ErrorCode) => trialFaults.has(code);
