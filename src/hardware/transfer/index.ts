/**
 * A new device from a few networks: other devices' profiles are mixed and bent as far as the measurements carry. Loads
 * the linear algebra, so import it when it is needed. Read transfer.ts, then mix.ts.
 */
export { kinOf, type Traits } from './kin.js';
export { type Expected, fewestForCurve } from './judge.js';
export { type Example, fitMix, mixedUs, nearestMix, scaledMix } from './mix.js';
export { createSource, totalUs } from './source.js';
export { type Transfer, type TransferNetwork, transfer } from './transfer.js';
