/** A point of a learning curve: what a training reports, an evaluator returns and a journal keeps. */
export interface CurvePoint {
  readonly step: number;
  /** Mean training loss since the point before. */
  readonly loss: number;
  /** On the held-out validation images, where it was measured there. */
  readonly accuracy?: number | undefined;
}
