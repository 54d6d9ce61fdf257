import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../base/index.js';
import { lower, referenceArchitecture } from '../models/index.js';
import { loadProfile } from './profile/load.js';
import { createPredictor } from './predict/predictor.js';

/** The package's own: another test of this process may have registered more. */
const profileNames = () =>
  readdirSync(join(packageRoot(), 'profiles')).flatMap((file) =>
    file.endsWith('.json') ? [basename(file, '.json')] : [],
  );

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
      "adreno-616": "22.73 76.22 31.01 106.5 41.75 152.5",
      "adreno-640": "8.487 23.20 11.44 32.48 15.12 45.29",
      "apple-a10-gpu": "11.73 27.46 15.60 38.43 19.00 53.02",
      "apple-a12-gpu": "5.806 13.11 7.769 18.51 9.546 24.88",
      "ethos-u55": "65.08 248.2 84.12 327.3 110.9 423.1",
      "ethos-u65": "21.05 176.6 36.25 278.1 45.08 361.2",
      "hexagon-8elite": "0.7213 1.054 0.8829 1.415 1.011 1.762",
      "hexagon-8gen2": "1.528 2.093 1.871 2.765 2.084 3.371",
      "hexagon-8gen3": "0.9428 1.297 1.149 1.726 1.281 2.061",
      "mali-g76": "14.09 31.72 17.67 42.23 22.31 56.55",
      "powervr-ge8320": "82.85 240.8 113.1 339.9 142.8 468.8",
    }
  `);
});
