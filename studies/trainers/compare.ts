/** Two sides' accuracies of the same networks: by how much their means differ, and how sure that is. */

/** Accuracies of one network, a seed each. */
export interface Pair {
  readonly ours: readonly number[];
  readonly torch: readonly number[];
}

export interface Comparison {
  /** Ours less PyTorch's. */
  readonly difference: number;
  /** Of that difference, from the spread of the seeds of each network and side. */
  readonly standardError: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** The variance of a mean, by the spread of its values. */
function varianceOfMean(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, x) => sum + (x - middle) ** 2, 0);
  return squares / (values.length - 1) / values.length;
}

export function compareNetwork({ ours, torch }: Pair): Comparison {
  return {
    difference: mean(ours) - mean(torch),
    standardError: Math.sqrt(varianceOfMean(ours) + varianceOfMean(torch)),
  };
}

/** The mean of the differences; networks differ among each other by more than trainers do, and so drop out. */
export function compareAll(pairs: readonly Pair[]): Comparison {
  const each = pairs.map(compareNetwork);
  return {
    difference: mean(each.map(({ difference }) => difference)),
    standardError:
      Math.sqrt(each.reduce((sum, { standardError }) => sum + standardError ** 2, 0)) / each.length,
  };
}

/** Two standard errors hold 95 % of what chance does. */
export const isWithin = ({ difference, standardError }: Comparison): boolean =>
  Math.abs(difference) < 2 * standardError;
