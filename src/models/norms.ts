/** The constants of normalisation, which the layer graph holds and the JSON Schemas name. */

/** Batch normalisation as in the authors' MixNet code. */
export const batchNormEpsilon = 1e-3;
/** Share of the old running statistics kept at each step of training. */
export const batchNormMomentum = 0.99;
/** Layer normalisation as in MobileViT's code. */
export const layerNormEpsilon = 1e-5;
