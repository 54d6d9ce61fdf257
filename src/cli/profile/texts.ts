/** What both `profile list` and `profile show` say of a profile. */
import { significant } from '../../base/index.js';

type Summary = import('../../app/index.js').ProfileSummary;

/** `5.2 % (left out: family, 12 networks)`. */
export function errorText(error: Summary['error']): string {
  if (!error) return 'none could be found';
  return `${significant(error.mape)} %, ${significant(error.within10)} % within 10 % (${error.networks} networks left out by ${error.leftOut})`;
}

/** `Google Pixel 4 (Snapdragon 855, Adreno 640 GPU)`: chips are mostly called after their unit. */
export const deviceText = ({ device, chip, unit }: Pick<Summary, 'device' | 'chip' | 'unit'>): string =>
  `${device} (${new RegExp(`\\b${unit}\\b`).test(chip) ? chip : `${chip} ${unit}`})`;

export const runtimeText = ({ name, version }: Summary['runtime']): string =>
  version ? `${name} ${version}` : name;
