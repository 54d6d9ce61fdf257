/** Measuring on a phone or a board. Read port.ts first, then session.ts. */
export { openAdb } from './adb.js';
export { type DeviceUnit, benchmarkFlags, deviceUnits } from './benchmark.js';
export { measureDevice, resultFile } from './session.js';
export { openSsh } from './ssh.js';
