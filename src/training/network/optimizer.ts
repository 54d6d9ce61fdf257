/** Optimizers as plain data; `native/optimizer.ts` and `portable/optimizer.ts` carry them out. */

/** Stochastic gradient descent with momentum; weight decay is added to the gradient of kernels. */
export interface SgdSpec {
  readonly name: 'sgd';
  /** v = momentum * v + g. */
  readonly momentum: number;
  /** Step along g + momentum * v instead of v (Nesterov). */
  readonly nesterov: boolean;
  /** g + weightDecay * w. */
  readonly weightDecay: number;
}

export type OptimizerSpec = SgdSpec;

/** Names of the arrays that an optimizer keeps for each trainable variable. */
export function slotNames(optimizer: OptimizerSpec): readonly string[] {
  switch (optimizer.name) {
    case 'sgd':
      return ['momentum'];
  }
}
