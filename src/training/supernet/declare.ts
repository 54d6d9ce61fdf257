/** The variables that a supernet has. */
import type { Parameter, Start } from './parameters.js';
import type { BlockPlan, SupernetPlan } from './plan.js';

const zeros: Start = { kind: 'zeros' };
const ones: Start = { kind: 'ones' };

/** The variables of a plan, in the order of the network. Kernels start as in a network of the full width. */
export function parametersOf(plan: SupernetPlan): Parameter[] {
  const { stem, blocks, head, classes, inputChannels } = plan;
  const side = stem.kernels[0] as number;
  return [
    kernel('stem.conv.kernel', [side, side, inputChannels, stem.out], side ** 2 * stem.out),
    ...batchNorm('stem.bn', stem.out),
    ...blocks.flatMap(ofBlock),
    ...(head.presence === 'never'
      ? []
      : [
          kernel('head.conv.kernel', [head.input, head.out], head.out),
          ...batchNorm('head.bn', head.out),
          ...dense('head.dense', head.out, classes, zeros),
        ]),
    ...(head.presence === 'always' ? [] : dense('direct.dense', head.input, classes, zeros)),
  ];
}

function ofBlock(block: BlockPlan): Parameter[] {
  const { name, input, wide, out, kernels, squeezed, gateUnits, parts } = block;
  const all: Parameter[] = [];
  if (block.expand !== 'never') {
    all.push(kernel(`${name}.expand.kernel`, [input, wide], wide), ...batchNorm(`${name}.expand.bn`, wide));
  }
  const [side = 1, ...smaller] = kernels;
  all.push(kernel(`${name}.depthwise.kernel`, [side ** 2, wide], side ** 2));
  for (const k of smaller) {
    // Plain matrices between kernels of the same block: not shrunk, since the identity is their rest.
    const shape = [k ** 2, k ** 2];
    all.push(variable(`${name}.depthwise.transform.${k}`, shape, { kind: 'identity' }));
  }
  all.push(...batchNorm(`${name}.depthwise.bn`, wide));
  if (block.gate !== 'never') {
    all.push(
      kernel(`${name}.gate.reduce.kernel`, [wide, gateUnits], gateUnits),
      ...batchNorm(`${name}.gate.bn`, gateUnits),
      ...dense(`${name}.gate.dense`, gateUnits, parts.length, uniform(gateUnits)),
    );
  }
  if (block.squeeze !== 'never') {
    all.push(
      kernel(`${name}.se.reduce.kernel`, [wide, squeezed], squeezed),
      variable(`${name}.se.reduce.bias`, [squeezed], zeros),
      kernel(`${name}.se.expand.kernel`, [squeezed, wide], wide),
      variable(`${name}.se.expand.bias`, [wide], zeros),
    );
  }
  all.push(kernel(`${name}.project.kernel`, [wide, out], out), ...batchNorm(`${name}.project.bn`, out));
  return all;
}

const uniform = (inputs: number): Start => ({ kind: 'uniform', bound: 1 / Math.sqrt(inputs) });

const variable = (name: string, shape: readonly number[], start: Start): Parameter => ({
  name,
  shape,
  start,
  trainable: true,
  decayed: false,
});

/** Normal with variance 2 / fan-out, as `initialWeights`. */
const kernel = (name: string, shape: readonly number[], fanOut: number): Parameter => ({
  ...variable(name, shape, { kind: 'normal', deviation: Math.sqrt(2 / fanOut) }),
  decayed: true,
});

const dense = (name: string, inputs: number, units: number, start: Start): Parameter[] => [
  { ...variable(`${name}.kernel`, [inputs, units], start), decayed: true },
  variable(`${name}.bias`, [units], zeros),
];

const batchNorm = (name: string, channels: number): Parameter[] => [
  variable(`${name}.gamma`, [channels], ones),
  variable(`${name}.beta`, [channels], zeros),
  { ...variable(`${name}.mean`, [channels], zeros), trainable: false },
  { ...variable(`${name}.variance`, [channels], ones), trainable: false },
];
