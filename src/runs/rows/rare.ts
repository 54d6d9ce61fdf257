/** What few trials have. */
import type { CurvePoint } from '../../base/index.js';
import type { Precisions, RungRow } from './trial-row.js';

export interface Rare {
  readonly reason: string | undefined;
  readonly fault: 'machine' | undefined;
  readonly rungs: readonly RungRow[];
  readonly estimate: Readonly<Record<string, number>> | undefined;
  /** The curve while it runs. */
  readonly points: readonly CurvePoint[];
  readonly precisions: Precisions | undefined;
}

export const nothingRare: Rare = {
  reason: undefined,
  fault: undefined,
  rungs: [],
  estimate: undefined,
  points: [],
  precisions: undefined,
};
