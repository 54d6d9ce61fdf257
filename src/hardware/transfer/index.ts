/**
 * A new device from a few networks: other devices' profiles are mixed and bent as far as the measurements carry. Loads
 * the linear algebra, so import it when it is needed. Read transfer.ts, then mix.ts.
 */
export { baked } from './bake.js';
export { judgedMix } from './judge.js';
export { type Example, fitMix, mixedUs, nearestMix } from './mix.js';
export { createSource, totalUs } from './source.js';
export { type Transfer, transfer } from './transfer.js';
export { transferredAgreement } from './agreement.js';
