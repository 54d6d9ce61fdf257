/** Reads a file of kernels the way `profile tune` does, and prints what came of it: argv[2] is the file. */
import { buildMeasurements, kernelRows } from '../../src/hardware/index.js';

const source = { title: 'a test', licence: 'CC0', kind: 'measured' } as const;
const rows = kernelRows(process.argv[2] as string, 'phone');
const { data, warnings } = buildMeasurements('phone', source, rows, []);
const launches = data.networks.reduce((sum, network) => sum + network.launches.length, 0);
console.log(JSON.stringify({ kernels: data.kernels.length, launches, warnings }));
