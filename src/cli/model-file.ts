/** What commands say of a model file that they were given. */
import { formatCount, formatPercent } from '../base/index.js';
import { type Block, line, span } from '../dashboard/index.js';

type Facts = import('../app/index.js').FileFacts;

/** Of the option `--input`. */
export const inputHelp =
  "shape of a model file's input, as 1x224x224x3 or NAME=1x224x224x3; repeatable (default: the file's)";

const precisions = { float32: '32-bit floats', float16: '16-bit floats', int8: '8-bit integers' } as const;

/**
 * The head of a report on a file: its inputs, its weights, and the ops that are estimated.
 * @param macs of the whole file; where it is given, the share of the estimate is said.
 */
export function describeFile(name: string, file: Facts, macs?: number): Block {
  const inputs = file.inputs.map(({ shape }) => shape.join('x')).join(', ');
  return [
    line(
      span(name, 'accent', { bold: true }),
      ` ${file.format}, input ${inputs}, weights of ${precisions[file.precision]}`,
    ),
    ...file.unknown.map((op) => {
      const share = macs === undefined || macs === 0 ? '' : ` (${formatPercent(op.macs / macs, 1)})`;
      const count = op.count === 1 ? op.type : `${op.type}, ${op.count} times`;
      const guess =
        op.macs > 0
          ? `${formatCount(op.macs)} MACs${share} estimated from its weights`
          : 'no MACs, as it has no weights';
      const price =
        op.macs > 0 ? 'a 1x1 convolution that multiplies as often' : 'a kernel that reads its inputs once';
      return line(span(`unknown op ${count}: ${guess}; priced as ${price}`, 'warn'));
    }),
  ];
}
