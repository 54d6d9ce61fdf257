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

/**
 * RMSProp with momentum, as TensorFlow has it and MixNet's authors trained with:
 * s = decay * s + (1 - decay) * g^2; v = momentum * v + rate * g / sqrt(s + epsilon); w -= v.
 */
export interface RmsPropSpec {
  readonly name: 'rmsprop';
  readonly decay: number;
  readonly momentum: number;
  readonly epsilon: number;
  /** g + weightDecay * w. */
  readonly weightDecay: number;
}

/** Adam with weight decay apart from the gradient (Loshchilov and Hutter, arXiv 1711.05101). */
export interface AdamWSpec {
  readonly name: 'adamw';
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** w -= rate * weightDecay * w, of kernels. */
  readonly weightDecay: number;
}

export type OptimizerSpec = (SgdSpec | RmsPropSpec | AdamWSpec) & {
  /** Keep an exponential moving average of every variable next to it. */
  readonly averaged?: boolean;
  /** The learning rate of the variables of gates, as a multiple of the others'; default 1. */
  readonly gateRate?: number;
};

/** What the learning rate of a variable is multiplied with. */
export const rateOf = ({ gateRate = 1 }: OptimizerSpec, { gate }: { readonly gate: boolean }): number =>
  gate ? gateRate : 1;

/** Names of the arrays that an optimizer keeps for each trainable variable; all begin at zero. */
export function slotNames(optimizer: OptimizerSpec): readonly string[] {
  switch (optimizer.name) {
    case 'sgd':
      return ['momentum'];
    case 'rmsprop':
      return ['meanSquare', 'momentum'];
    case 'adamw':
      return ['mean', 'meanSquare'];
  }
}

/** The name of a variable's moving average among the slots; it begins as the variable. */
export const averageOf = (variable: string) => `${variable}/average`;
