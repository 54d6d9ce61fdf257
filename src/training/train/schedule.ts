/** What changes from step to step. */

/** The learning rate of step `step` of `steps`: linear warm-up, then half a cosine down to zero. */
export function learningRateAt(
  step: number,
  { steps, warmup, learningRate }: { steps: number; warmup: number; learningRate: number },
): number {
  const warmupSteps = Math.round(warmup * steps);
  if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
  const progress = (step - warmupSteps) / Math.max(1, steps - warmupSteps);
  return (learningRate * (1 + Math.cos(Math.PI * progress))) / 2;
}

/**
 * The share of step `step`'s variables in their moving average. `decay` alone would keep the initial weights
 * in it for long; so it grows into it, as the statistics' does.
 */
export function averageShareAt(step: number, decay: number): number {
  return statisticsShareAt(step, decay);
}

/**
 * The share of step `step`'s batch in the running statistics. `momentum` alone, say 0.99, would leave
 * them far behind after a few hundred steps; so it grows into it, (1 + step) / (10 + step), and the
 * statistics are a mean over about the last tenth of the steps.
 */
export function statisticsShareAt(step: number, momentum: number): number {
  return 1 - Math.min(momentum, (1 + step) / (10 + step));
}
