/** How far off a profile is: the band of its predictions, and errors on what was left out of the fit. */
import { z } from 'zod';
import { amount, integer } from './shared-schemas.js';

export const band = z
  .strictObject({
    network: amount.describe('What a network deviates by even where all its device kernels are known.'),
    interpolated: amount.describe('Times the share of the latency that is interpolated.'),
    extrapolated: amount.describe('Times the share that is extrapolated, except what `unmeasured` covers.'),
    unmeasured: amount.describe(
      'Times the share of device kernels of a class, a window or a dilation that nobody measured: see `hidden`.',
    ),
  })
  .describe(
    'The 90 % band as the natural logarithm of high / predicted = predicted / low: the root of the squares of `network` and of the sum of the others.',
  );

export const hidden = z
  .array(
    z.strictObject({
      what: z.string().describe('Which device kernels.'),
      points: integer.describe('How many.'),
      width90: amount.describe('Natural logarithm of the factor either way within which nine in ten lie.'),
    }),
  )
  .optional()
  .describe('Device kernels that were hidden from a fit and predicted the way that unmeasured ones are.');

/** Mean absolute error, % within 10 %, rank correlation, % inside a band that was calibrated on the others. */
const judged = {
  mape: amount.describe('Mean absolute error, in percent.'),
  within10: amount.describe('Percent of the networks that are predicted within 10 %.'),
  spearman: z.number().optional().describe('Rank correlation of predicted and measured latency.'),
  coverage90: amount.optional().describe('Percent inside a 90 % band that was calibrated on the others.'),
};

export const error = z
  .strictObject({
    leftOut: z.enum(['family', 'model']).describe('What was left out at a time.'),
    networks: integer.describe('How many networks were predicted.'),
    ...judged,
    models: z
      .strictObject(judged)
      .optional()
      .describe('The same with a tenth of the networks left out at a time: most families are known then.'),
    byFamily: z.record(z.string(), amount).optional().describe('Mean absolute error by family, in percent.'),
  })
  .optional()
  .describe('The error on networks left out. Absent: nothing could be left out, no error is claimed.');
