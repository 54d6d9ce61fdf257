import { expect, test } from 'vitest';
import { lower, referenceArchitecture } from '../models/index.js';
import { loadProfile, profileNames } from './load.js';
import { createPredictor } from './predictor.js';

/** Changes when a profile, the mapping or the model changes: look at the difference before accepting it. */
test('MixNet-S, M and L at 224 and 480 are predicted as before, in ms', () => {
  const table = Object.fromEntries(
    profileNames().map((profile) => {
      const { latencyMs } = createPredictor(loadProfile(profile));
      const row = ['mixnet-s', 'mixnet-m', 'mixnet-l'].flatMap((model) =>
        [224, 480].map((resolution) =>
          latencyMs(lower(referenceArchitecture(model), { resolution })).toPrecision(4),
        ),
      );
      return [profile, row.join(' ')];
    }),
  );
  expect(table).toMatchInlineSnapshot(`
    {
      "adreno-616": "28.55 99.25 39.20 139.4 56.53 211.6",
      "adreno-640": "11.04 30.77 14.86 43.13 20.74 64.81",
      "apple-a10-gpu": "13.89 36.18 18.48 50.37 24.05 73.63",
      "apple-a12-gpu": "6.754 16.62 9.067 23.37 11.79 33.37",
      "ethos-u55": "67.76 295.2 93.18 387.1 129.9 553.0",
      "ethos-u65": "14.42 56.94 18.19 74.81 24.49 100.1",
      "hexagon-8elite": "0.7213 1.054 0.8829 1.415 1.011 1.762",
      "hexagon-8gen2": "1.528 2.093 1.871 2.765 2.084 3.371",
      "hexagon-8gen3": "0.9428 1.297 1.149 1.726 1.281 2.061",
      "mali-g76": "16.44 39.05 20.84 52.46 27.20 73.28",
      "powervr-ge8320": "95.39 292.8 130.8 414.6 175.1 606.4",
    }
  `);
});
