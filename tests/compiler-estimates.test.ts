/** Profiles that follow a compiler, against that compiler's own estimates of 104 whole networks. */
import { expect, test } from 'vitest';
import { compilerRows } from '../bench/hardware/compilers.js';

const rows = compilerRows();
const spaces = rows.filter(({ space }) => space !== 'reference');

test.each(spaces.map((row) => [row.profile, row.variant, row.space, row] as const))(
  '%s, compiler %s, networks of %s: within 2 %% on average',
  (_profile, _variant, _space, { whole, kernels, networks }) => {
    expect(networks).toBeGreaterThanOrEqual(10);
    expect(whole.mape).toBeLessThan(2);
    expect(whole.spearman).toBeGreaterThan(0.99);
    expect(kernels.mape).toBeGreaterThan(30);
  },
);
