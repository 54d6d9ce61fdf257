/** Labels as the probabilities that training aims at. */

/**
 * `[labels, classes]`: each label's own class gets `1 - smoothing`, and every class an equal share of
 * `smoothing`.
 */
export function softTargets(labels: ArrayLike<number>, classes: number, smoothing: number): Float32Array {
  const targets = new Float32Array(labels.length * classes).fill(smoothing / classes);
  for (let i = 0; i < labels.length; i++) {
    const at = i * classes + (labels[i] as number);
    targets[at] = (targets[at] as number) + 1 - smoothing;
  }
  return targets;
}
