/** What is known of a device by the kind of its measurements. */
import { MixnasError } from '../../base/index.js';
import type { Device } from './tune-device.js';
import type { MeasuredFiles } from './tune-inputs.js';

/** The device of Vela's estimates. */
export const deviceOfVela: Device = { unit: 'NPU', precision: 'int8', runtime: 'Arm Vela, estimated' };

/** @throws MixnasError `bad-usage` where estimates would be mixed with what was measured. */
export function checkEstimates({
  vela,
  kernels,
  opProfile,
  networks,
  kit,
  clockMhz,
}: MeasuredFiles & { readonly kit?: string | undefined }): void {
  if (!vela?.length) {
    if (clockMhz === undefined) return;
    throw new MixnasError('bad-usage', '--clock is for --vela.', { remedy: 'Leave it out.' });
  }
  if (kernels === undefined && !opProfile?.length && networks === undefined && kit === undefined) return;
  throw new MixnasError('bad-usage', "Vela's estimates and measurements do not mix in one profile.", {
    remedy: 'Make a profile of each.',
  });
}

/** What the user says of a device, and what is known of it where nothing is said. */
export const filled = ({ unit, precision, runtime }: Device, known: Device): Device => ({
  unit: unit ?? known.unit,
  precision: precision ?? known.precision,
  runtime: runtime ?? known.runtime,
});
