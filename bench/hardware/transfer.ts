/**
 * A new device from k networks, for every device of the project's files in turn, the others as sources:
 *   npm run bench:transfer [-- --strangers] [-- --draws 5] [-- --sizes 3,5] [-- --only TEXT] [-- --devices]
 * Sources only say what their profiles predict, and of a network only what they predict without it: GPUs by their
 * models (not their tables), others by fits without a tenth of the networks.
 * --ncnn: GPUs that ncnn timed, from their own family and from all, as a table.
 * --strangers leaves the other processors, cores and precisions of the same phone out too.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom, packageRoot, spearman } from '../../src/base/index.js';
import {
  kernelMacs,
  kinOf,
  kernelWeights,
  loadMeasurements,
  loadProfile,
  measurementFiles,
  type Profile,
  profileNames,
} from '../../src/hardware/index.js';
import {
  fitOnce,
  nonNegativeLeastSquares,
  type Observed,
  observationsOf,
} from '../../src/hardware/fit/index.js';
import {
  createSource,
  type Example,
  fitMix,
  judgedMix,
  mixedUs,
  nearestMix,
  totalUs,
} from '../../src/hardware/transfer/index.js';
import { ncnnTable } from './ncnn.js';
import { headOf, phoneOf } from './transfer-devices.js';

const { values } = parseArgs({
  options: {
    strangers: { type: 'boolean', default: false },
    draws: { type: 'string', default: '3' },
    sizes: { type: 'string', default: '3,5,10,20' },
    only: { type: 'string' },
    devices: { type: 'boolean', default: false },
    plain: { type: 'boolean', default: false },
    ncnn: { type: 'boolean', default: false },
  },
});
if (values.ncnn) {
  console.log(ncnnTable());
  process.exit();
}
const draws = Number(values.draws);
const sizes = values.sizes.split(',').map(Number);

/** One device: its measured networks, and what its profile says of each without having seen it. */
interface Device {
  readonly head: Profile;
  readonly networks: readonly Observed[];
  readonly parts: readonly (readonly number[])[];
}

const kernelsOf = ({ kernels }: Observed) => kernels.map(({ kernel }) => kernel);

function deviceOf(head: Profile, networks: readonly Observed[]): Device {
  if (networks.some(({ kernels }) => kernels.some(({ us }) => us !== undefined))) {
    const source = createSource(head);
    return { head, networks, parts: networks.map((n) => source.partsOf(kernelsOf(n))) };
  }
  const parts: (readonly number[])[] = [];
  for (let fold = 0; fold < 10; fold++) {
    const source = createSource(
      fitOnce(
        networks.filter((_, i) => i % 10 !== fold),
        head,
        'measured',
      ),
    );
    networks.forEach((n, i) => {
      if (i % 10 === fold) parts[i] = source.partsOf(kernelsOf(n));
    });
  }
  return { head, networks, parts };
}

const shipped = new Set(profileNames());
const devices = measurementFiles(join(packageRoot(), 'profiles', 'data'))
  .filter((path) => path.includes('mobile-ml-benchmark'))
  .flatMap((path) => {
    const data = loadMeasurements(path);
    return data.devices.map((name) => {
      const head = shipped.has(name) ? loadProfile(name) : headOf(name);
      return deviceOf(head, observationsOf(data, name, head.mapping));
    });
  });

/** What every method is given: k examples to learn from, and the others to predict. */
interface Task {
  readonly given: readonly Example[];
  readonly asked: readonly Example[];
  readonly sizes: (example: Example) => readonly number[];
}
type Method = (task: Task) => number[];

const mixed = (make: (given: readonly Example[]) => ReturnType<typeof fitMix>): Method => {
  return ({ given, asked }) => {
    const mix = make(given);
    return asked.map(({ parts }) => mixedUs(mix, parts));
  };
};
const methods: Readonly<Record<string, Method>> = {
  'one factor on the mean (a)': ({ given, asked }) => {
    const all = [...given, ...asked];
    const logs = all.map(({ parts }) => parts.map((p) => Math.log(totalUs(p))));
    const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
    const base = new Map(all.map((example, i) => [example, Math.exp(mean(logs[i] as number[]))]));
    const ratios = given.map((e) => e.us / (base.get(e) as number)).sort((a, b) => a - b);
    const middle =
      ((ratios[(ratios.length - 1) >> 1] as number) + (ratios[ratios.length >> 1] as number)) / 2;
    return asked.map((e) => middle * (base.get(e) as number));
  },
  'MACs, parameters, layers (b)': ({ given, asked, sizes: of }) => {
    const x = nonNegativeLeastSquares(
      given.map((e) => of(e).map((v) => v / e.us)),
      given.map(() => 1),
    );
    return asked.map((e) => of(e).reduce((sum, v, i) => sum + v * (x[i] as number), 0));
  },
  'nearest, scaled (c)': mixed(nearestMix),
  mixture: mixed(values.plain ? fitMix : (given) => judgedMix(given).mix),
};

const rows = new Map<string, { mape: number; rank: number; device: string; unit: string; size: number }[]>();
const targets = devices.filter(({ head }) => values.only === undefined || head.name.includes(values.only));
for (const { head, networks } of targets) {
  const others = devices.filter((d) => !values.strangers || phoneOf(d.head) !== phoneOf(head));
  const kin = new Set(
    kinOf(
      head,
      others.map((d) => d.head),
    ),
  );
  const sources = others.filter((d) => kin.has(d.head));
  const sizesOf = new Map<Example, readonly number[]>();
  const examples = networks.flatMap((network, i) => {
    if (network.endToEndUs === undefined) return [];
    const kernels = kernelsOf(network);
    const sum = (of: typeof kernelMacs) => kernels.reduce((total, k) => total + of(k), 0);
    const example = { parts: sources.map((s) => s.parts[i] as number[]), us: network.endToEndUs };
    sizesOf.set(example, [sum(kernelMacs) / 1e9, sum(kernelWeights) / 1e6, kernels.length / 100, 1]);
    return [example];
  });
  for (const size of sizes) {
    for (let draw = 0; draw < draws; draw++) {
      const order = createRandom(`transfer/${size}/${draw}`).shuffle([...examples]);
      const task = {
        given: order.slice(0, size),
        asked: order.slice(size),
        sizes: (e: Example) => sizesOf.get(e) as number[],
      };
      const measured = task.asked.map(({ us }) => us);
      for (const [name, method] of Object.entries(methods)) {
        const predicted = method(task);
        const mape =
          (100 * predicted.reduce((sum, us, i) => sum + Math.abs(us / (measured[i] as number) - 1), 0)) /
          measured.length;
        const list = rows.get(name) ?? [];
        rows.set(name, list);
        list.push({
          mape,
          rank: spearman(predicted, measured) ?? 0,
          device: head.name,
          unit: head.unit,
          size,
        });
      }
    }
  }
}

const meanOf = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
for (const unit of new Set(targets.map(({ head }) => head.unit))) {
  const count = targets.filter(({ head }) => head.unit === unit).length;
  console.log(
    `${count} devices of unit ${unit}, ${draws} draws of k networks: mean absolute error in %, rank correlation`,
  );
  for (const [name, list] of rows) {
    const cells = sizes.map((size) => {
      const own = list.filter((r) => r.unit === unit && r.size === size);
      return `k=${size} ${meanOf(own.map((r) => r.mape))
        .toFixed(2)
        .padStart(6)} ${meanOf(own.map((r) => r.rank)).toFixed(4)}`;
    });
    console.log(`${name.padEnd(30)}${cells.join('  ')}`);
  }
}
const errorOf = (name: string, device: string, size: number) =>
  meanOf((rows.get(name) ?? []).filter((r) => r.size === size && r.device === device).map((r) => r.mape));
for (const size of sizes) {
  const worse = targets
    .map(({ head: { name } }) => ({
      name,
      by: errorOf('mixture', name, size) - errorOf('one factor on the mean (a)', name, size),
    }))
    .sort((a, b) => b.by - a.by);
  const [worst] = worse as [(typeof worse)[0]];
  const over = worse.filter(({ by }) => by > 1).map(({ name, by }) => `${name} ${by.toFixed(2)}`);
  console.log(
    `k=${size}, mixture against (a), at worst: ${worst.by.toFixed(2)} points on ${worst.name}; by more than 1: ${over.join(', ') || 'none'}`,
  );
  if (!values.devices) continue;
  for (const { name } of worse) {
    const cells = Object.keys(methods).map((method) => errorOf(method, name, size).toFixed(2).padStart(8));
    console.log(`${name.padEnd(36)}${cells.join('')}`);
  }
}
