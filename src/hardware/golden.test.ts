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
test('MixNet-S, M and L at 224 and 480 are predicted as before, in ms', async () => {
  const lines = profileNames().map((profile) => {
    const { latencyMs } = createPredictor(loadProfile(profile));
    const row = ['mixnet-s', 'mixnet-m', 'mixnet-l'].flatMap((model) =>
      [224, 480].map((resolution) =>
        latencyMs(lower(referenceArchitecture(model), { resolution })).toPrecision(4),
      ),
    );
    return `${profile}: ${row.join(' ')}\n`;
  });
  await expect(lines.sort().join('')).toMatchFileSnapshot('./golden.txt');
});
