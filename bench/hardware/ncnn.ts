/** GPUs that ncnn timed whole networks on, transferred from their own family and from all. */
import { join } from 'node:path';
import { loadMeasurements } from '../../src/hardware/index.js';
import { packageRoot } from '../../src/base/index.js';
import { mostError, ncnnTransfers } from '../../scripts/profiles/ncnn-profiles.js';

/** Errors on networks left out one by one, in percent. */
export function ncnnTable(): string {
  const data = loadMeasurements(join(packageRoot(), 'profiles', 'data', 'ncnn-gpu.json'));
  const rows = ncnnTransfers(data).map(({ name, chip, networks, family, all, best }) => {
    const [mixture, scaled] = [all.leftOut?.mixture ?? NaN, all.leftOut?.scaled ?? NaN];
    const own = family.profile.error?.mape ?? NaN;
    const error = best.profile.error;
    const whole = best.sources.reduce((sum, { share }) => sum + share, 0);
    const made = best.sources
      .map(({ profile, share }) => `${profile} ${Math.round((100 * share) / whole)} %`)
      .join(', ');
    const kept = error !== undefined && error.mape <= mostError;
    const errors = [own, mixture, scaled].map((value) => value.toFixed(1)).join(' | ');
    return `| ${kept ? `\`${name}\`` : name} | ${chip} | ${networks} | ${errors} | ${kept ? made : 'no profile'} |`;
  });
  return [
    '| device | GPU | networks | own family | all families, mixture | nearest of all, scaled | made of |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
