/** What a search reports to whoever watches it. */
import type { RunEnd } from '../../runs/index.js';
import type { DataProgress } from '../../training/index.js';

/** Something that happened in a search, in the order in which it did. */
export type SearchEvent =
  /** Something the user should know, one sentence. */
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'data'; readonly progress: DataProgress }
  /** The run folder is there; from now on everything is in its journal too. */
  | {
      readonly type: 'opened';
      readonly run: string;
      readonly folder: string;
      readonly resumed: boolean;
      readonly backend: string;
      readonly workers: number;
      /** Trials finished in earlier sessions, of `trials`. */
      readonly finished: number;
      readonly trials: number;
    }
  | { readonly type: 'asked'; readonly trial: number; readonly known: Readonly<Record<string, number>> }
  | {
      readonly type: 'progress';
      readonly trial: number;
      readonly worker: number;
      readonly step: number;
      readonly steps: number;
      readonly loss: number | undefined;
    }
  /** A trial has reached a rung; it continues, or not, when those it is compared with have reached it too. */
  | {
      readonly type: 'rung';
      readonly trial: number;
      readonly step: number;
      readonly values: Readonly<Record<string, number>>;
    }
  | {
      readonly type: 'finished';
      readonly trial: number;
      readonly state: 'complete' | 'pruned' | 'failed';
      readonly reason: string | undefined;
      /** Everything known of it, `accuracy` among them when it is complete. */
      readonly values: Readonly<Record<string, number>>;
      readonly seconds: number;
      readonly finished: number;
      readonly trials: number;
      readonly onFront: boolean;
      readonly front: number;
      readonly hypervolume: number;
    }
  /** Something that the search was asked from outside; with a reason where it was refused. */
  | { readonly type: 'control'; readonly text: string; readonly reason: string | undefined }
  | { readonly type: 'crashed'; readonly worker: number; readonly reason: string }
  | { readonly type: 'ended'; readonly reason: RunEnd['reason'] };
