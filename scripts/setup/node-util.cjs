/**
 * Puts back what Node 23 took away and tfjs-node 4.22 still calls: `util.isNullOrUndefined` and `util.isArray`.
 * On Node 22 it takes the place of the deprecated ones, which would warn. To be required before tfjs-node is: by the
 * runtime (src/training/runtime/load.ts) and by the set-up's probe, which runs before anything is compiled.
 */
const util = require('node:util');

util.isNullOrUndefined = (value) => value === null || value === undefined;
util.isArray = Array.isArray;
