/**
 * From a layer graph to the operations that the compiler makes of it: what is folded, what becomes a table, what is
 * copied. A slice is an address, a concatenation a copy a part, a convolution of groups one a group and copies.
 */
import type { AnyGraph, AnyOp, ForeignOp } from '../../models/index.js';
import { brickChannels } from './machine.js';
import type { Box, NpuMap, NpuOperation, NpuProgram } from './operation.js';

/** `nxp`: the compiler as NXP ships it for i.MX93, which adds 0 to each concatenation. */
export type CompilerVariant = 'arm' | 'nxp';

/** Layer of operations that are not of the graph: they only stand for its neighbours. */
export const borderLayer = -1;

/** Whether other parts of the network make the input, and read the output. */
interface Inside {
  readonly after: boolean;
  readonly before: boolean;
}

/** A map, or a part of its channels: what the value of a layer is. */
interface Value {
  readonly map: number;
  readonly begin: number;
  readonly channels: number;
}

type Wanted = Pick<NpuOperation, 'layer' | 'kind' | 'write'> & Partial<NpuOperation>;

/** The most pixels that one operation averages. */
const mostAveraged = 4096;

class Compiler {
  readonly maps: NpuMap[] = [];
  readonly operations: NpuOperation[] = [];
  /** What each layer's value is. */
  readonly #values: Value[] = [];
  /** The operation that makes a layer's value, for what is merged into it. */
  readonly #makers: (readonly NpuOperation[])[] = [];
  readonly #readers: number[];

  constructor(
    private readonly graph: AnyGraph,
    private readonly variant: CompilerVariant,
    private readonly inside: Inside,
  ) {
    this.#readers = graph.ops.map(() => 0);
    for (const { inputs } of graph.ops)
      for (const id of inputs) this.#readers[id] = (this.#readers[id] as number) + 1;
  }

  /** An op that only files have, as what it is like; see docs/model-files.md. */
  #foreign(op: ForeignOp, from: Value, box: Box): void {
    const { id: layer, inputs, like, window = 1, stride = 1, macs } = op;
    const same = from.channels === box.channels;
    if (like === 'folded' || (like === 'view' && same)) {
      this.#set(layer, this.#makers[inputs[0] as number] ?? [], from);
      return;
    }
    const make = (wanted: Omit<Wanted, 'layer' | 'write'>) =>
      this.#set(layer, [this.#emit({ layer, write: box, ...wanted }, from)]);
    const windows = { kernelHeight: window, kernelWidth: window, strideHeight: stride, strideWidth: stride };
    if (like === 'product') {
      const pixels = box.height * box.width * box.channels;
      const channels = Math.max(1, Math.round(macs / pixels));
      make({ kind: 'convolution', read: { ...box, channels } });
    } else if (like === 'depthwise') make({ kind: 'depthwise', ...windows });
    else if (like === 'max-pool' || like === 'average-pool') make({ kind: 'copy', ...windows });
    else make({ kind: like === 'copy' || like === 'view' ? 'copy' : 'elementwise' });
  }

  run(): NpuProgram {
    for (const op of this.graph.ops) this.#lower(op);
    const last = this.#values.at(-1);
    const end = last && this.inside.before ? this.#border(last).output : last?.map;
    if (end !== undefined) (this.maps[end] as NpuMap).external = true;
    this.#layOut();
    return inDepth(this.maps, this.operations, end);
  }

  /** Stands for the operation of another part of the network that makes or reads a map; see `borderLayer`. */
  #border(value: Value): NpuOperation {
    const { height, width } = this.maps[value.map] as NpuMap;
    const write = { height, width, channels: value.channels };
    return this.#emit({ layer: borderLayer, kind: 'elementwise', write }, value);
  }

  #map({ height, width, channels }: Box): number {
    const map = { height, width, channels, linear: false, external: false, writers: [], readers: [] };
    return this.maps.push(map) - 1;
  }

  #emit(wanted: Wanted, input: Value): NpuOperation {
    const from = this.maps[input.map] as NpuMap;
    this.#note(input);
    const operation: NpuOperation = {
      unit: 'other',
      activation: 'none',
      input: input.map,
      read: { height: from.height, width: from.width, channels: input.channels },
      part: input.channels < from.channels,
      output: -1,
      intoPart: false,
      kernelHeight: 1,
      kernelWidth: 1,
      strideHeight: 1,
      strideWidth: 1,
      dilation: 1,
      onCpu: false,
      outputBytes: 1,
      ...wanted,
    };
    if (operation.output < 0) operation.output = this.#map(operation.write);
    const at = this.operations.push(operation) - 1;
    (this.maps[operation.input] as NpuMap).readers.push(at);
    if (operation.second !== undefined) (this.maps[operation.second] as NpuMap).readers.push(at);
    (this.maps[operation.output] as NpuMap).writers.push(at);
    return operation;
  }

  #set(id: number, makers: readonly NpuOperation[], value?: Value): void {
    const [maker] = makers;
    this.#makers[id] = makers;
    this.#values[id] = value ?? {
      map: (maker as NpuOperation).output,
      begin: 0,
      channels: (maker as NpuOperation).write.channels,
    };
  }

  #lower(op: AnyOp): void {
    const { id, inputs } = op;
    const [height, width, channels] = op.shape;
    const box: Box = { height, width, channels };
    const from = this.#values[inputs[0] ?? -1] as Value;
    const make = (wanted: Omit<Wanted, 'layer' | 'write'>) =>
      this.#set(id, [this.#emit({ layer: id, write: box, ...wanted }, from)]);
    switch (op.kind) {
      case 'input': {
        const map = this.#map(box);
        Object.assign(this.maps[map] as NpuMap, { linear: !this.inside.after, external: true });
        const image = { map, begin: 0, channels };
        if (this.inside.after) this.#set(id, [this.#border(image)]);
        else this.#set(id, [], image);
        break;
      }
      case 'batchNorm':
      case 'dropout':
        this.#set(id, this.#makers[inputs[0] as number] as readonly NpuOperation[], from);
        break;
      case 'conv2d':
        this.#convolution(op, from, box);
        break;
      case 'depthwiseConv2d': {
        const { kernel, stride, dilation } = op;
        make({
          kind: 'depthwise',
          kernelHeight: kernel,
          kernelWidth: kernel,
          strideHeight: stride,
          strideWidth: stride,
          dilation,
        });
        break;
      }
      case 'dense':
        make({ kind: 'product' });
        break;
      case 'mean':
        this.#mean(id, from, box);
        break;
      case 'slice':
        this.#set(id, [], { map: from.map, begin: from.begin + op.begin, channels });
        break;
      case 'concat':
        this.#concat(
          id,
          inputs.map((input) => this.#values[input] as Value),
          box,
        );
        break;
      case 'activation':
        this.#activation(op, from, box);
        break;
      case 'add':
      case 'multiply': {
        const unit = op.kind === 'add' ? 'add' : 'multiply';
        const second = (this.#values[inputs[1] as number] as Value).map;
        make({ kind: 'elementwise', unit, second });
        break;
      }
      case 'maxPool':
        make({
          kind: 'copy',
          kernelHeight: op.kernel,
          kernelWidth: op.kernel,
          strideHeight: op.stride,
          strideWidth: op.stride,
        });
        break;
      case 'shuffle':
        // Runs on the CPU, so that both maps are whole and linear. The compiler does not price it; its copy is counted.
        make({ kind: 'copy', onCpu: true });
        for (const map of [from.map, (this.#values[id] as Value).map]) {
          Object.assign(this.maps[map] as NpuMap, { external: true, linear: true });
        }
        break;
      case 'attention': {
        const scores = op.heads * Math.ceil(height / op.patch) ** 2;
        const products = this.#emit(
          { layer: id, kind: 'convolution', write: { ...box, channels: scores } },
          from,
        );
        const weights: Value = { map: products.output, begin: 0, channels: scores };
        products.activation = 'table';
        this.#set(id, [this.#emit({ layer: id, kind: 'convolution', write: box }, weights)]);
        break;
      }
      case 'foreign':
        this.#foreign(op, from, box);
        break;
      case 'layerNorm':
      case 'softmax':
      case 'hardGate':
      case 'groupScale':
        make({ kind: 'elementwise', unit: 'multiply' });
        break;
    }
  }

  #convolution(op: AnyOp & { readonly kind: 'conv2d' }, from: Value, box: Box): void {
    const { id, kernel, stride, dilation, groups } = op;
    const source = this.maps[from.map] as NpuMap;
    const window = {
      kernelHeight: kernel,
      kernelWidth: kernel,
      strideHeight: stride,
      strideWidth: stride,
      dilation,
    };
    if (source.height === 1 && box.height === 1 && groups === 1) {
      this.#set(id, [this.#emit({ layer: id, kind: 'product', write: box }, from)]);
    } else if (groups === 1) {
      const folded = this.#folded(source, from, op);
      const wanted = { layer: id, kind: 'convolution', write: box, ...window, ...folded } as const;
      this.#set(id, [this.#emit(wanted, from)]);
    } else {
      const part = { ...box, channels: box.channels / groups };
      const output = this.#map(box);
      const own = from.channels / groups;
      const makers = Array.from({ length: groups }, (_, group) => {
        const input = { map: from.map, begin: from.begin + group * own, channels: own };
        const one = this.#emit({ layer: id, kind: 'convolution', write: part, ...window }, input);
        this.#copyInto(
          id,
          { map: one.output, begin: 0, channels: part.channels },
          output,
          group * part.channels,
        );
        return one;
      });
      this.#set(id, makers, { map: this.#afterConcat(id, output, box), begin: 0, channels: box.channels });
    }
  }

  /** An image of few channels is read two columns at a time where a stride of 2 allows. */
  #folded(source: NpuMap, from: Value, { kernel, stride, dilation }: AnyOp & { readonly kind: 'conv2d' }) {
    const folds =
      stride === 2 && dilation === 1 && from.channels <= 4 && source.width % 2 === 0 && source.external;
    if (!folds) return {};
    const read = { height: source.height, width: source.width / 2, channels: from.channels * 2 };
    return { read, kernelWidth: Math.ceil(kernel / 2), strideWidth: 1 };
  }

  /** Sums over rows and columns, of at most so many pixels at once, then a division. */
  #mean(id: number, from: Value, box: Box): void {
    const { height, width } = this.maps[from.map] as NpuMap;
    const rows = Math.min(height, Math.max(1, Math.floor(mostAveraged / width)));
    let sum: number | undefined;
    for (let begin = 0; begin < height; begin += rows) {
      const own = Math.min(rows, height - begin);
      const one = this.#emit(
        {
          layer: id,
          kind: 'depthwise',
          write: box,
          read: { height: own, width, channels: from.channels },
          kernelHeight: own,
          kernelWidth: width,
          outputBytes: 4,
        },
        from,
      );
      if (sum === undefined) {
        sum = one.output;
      } else {
        const input = { map: one.output, begin: 0, channels: box.channels };
        sum = this.#emit(
          { layer: id, kind: 'elementwise', unit: 'add', write: box, second: sum },
          input,
        ).output;
      }
    }
    const input = { map: sum as number, begin: 0, channels: box.channels };
    this.#set(id, [this.#emit({ layer: id, kind: 'elementwise', unit: 'multiply', write: box }, input)]);
  }

  #concat(id: number, parts: readonly Value[], box: Box): void {
    const output = this.#map(box);
    let begin = 0;
    for (const part of parts) {
      this.#copyInto(id, part, output, begin);
      begin += part.channels;
    }
    this.#set(id, this.#makersOf(parts), {
      map: this.#afterConcat(id, output, box),
      begin: 0,
      channels: box.channels,
    });
  }

  /** The operations that an activation behind a concatenation can be merged into: those of each part. */
  #makersOf(parts: readonly Value[]): readonly NpuOperation[] {
    return parts.flatMap(({ map }) =>
      (this.maps[map] as NpuMap).writers.map((at) => this.operations[at] as NpuOperation),
    );
  }

  #copyInto(layer: number, part: Value, output: number, begin: number): void {
    const { height, width } = this.maps[output] as NpuMap;
    const write = { height, width, channels: part.channels };
    this.#emit({ layer, kind: 'copy', write, output, intoPart: true }, part);
    if (begin % brickChannels !== 0) this.#unaligned.add(output);
  }

  #afterConcat(layer: number, map: number, box: Box): number {
    if (this.variant === 'arm') return map;
    const input = { map, begin: 0, channels: box.channels };
    return this.#emit({ layer, kind: 'elementwise', unit: 'add', write: box }, input).output;
  }

  #activation(op: AnyOp & { readonly kind: 'activation' }, from: Value, box: Box): void {
    const { id, inputs, activation } = op;
    const before = inputs[0] as number;
    const makers = this.#makers[before] ?? [];
    const alone = this.#readers[before] === 1;
    const isRelu = activation === 'relu' || activation === 'relu6';
    if (isRelu && alone && makers.length > 0 && makers.every((maker) => maker.activation === 'none')) {
      for (const maker of makers) maker.activation = 'relu';
      this.#set(id, makers, from);
      return;
    }
    const isOne = makers.length === 1 && makers[0]?.output === from.map && makers[0].activation === 'none';
    if (activation !== 'swish' && alone && isOne) {
      (makers[0] as NpuOperation).activation = 'table';
      this.#set(id, makers, from);
      return;
    }
    const table = this.#emit(
      { layer: id, kind: 'elementwise', unit: 'add', activation: isRelu ? 'relu' : 'table', write: box },
      from,
    );
    if (activation !== 'swish') {
      this.#set(id, [table]);
      return;
    }
    const gate = { map: table.output, begin: 0, channels: box.channels };
    // x * sigmoid(x)
    const product = this.#emit(
      { layer: id, kind: 'elementwise', unit: 'multiply', write: box, second: gate.map },
      from,
    );
    this.#set(id, [product]);
  }

  readonly #unaligned = new Set<number>();

  /** A part that begins between bricks makes the whole map linear. */
  #note({ map, begin, channels }: Value): void {
    if (channels < (this.maps[map] as NpuMap).channels && begin % brickChannels !== 0)
      this.#unaligned.add(map);
  }

  /** Element-wise operations follow a linear map that they could write over. */
  #layOut(): void {
    for (const map of this.#unaligned) (this.maps[map] as NpuMap).linear = true;
    for (const operation of this.operations) {
      const output = this.maps[operation.output] as NpuMap;
      if (output.external) output.linear = true;
      if (operation.kind !== 'elementwise' || output.channels % brickChannels === 0) continue;
      const sources = [operation.input, operation.second].map((map) => this.maps[map ?? -1]);
      const over = sources.find(
        (map) => map && map.height === output.height && map.channels === output.channels && map.linear,
      );
      if (over) output.linear = true;
    }
  }
}

/**
 * The operations in the order in which the compiler runs them: what a map needs, right before it. So a part of a
 * concatenation is copied as soon as it is there.
 */
function inDepth(
  maps: readonly NpuMap[],
  operations: readonly NpuOperation[],
  last: number | undefined,
): NpuProgram {
  const order: number[] = [];
  const seen = new Set<number>();
  const visit = (map: number | undefined): void => {
    if (map === undefined) return;
    for (const at of (maps[map] as NpuMap).writers) {
      if (seen.has(at)) continue;
      seen.add(at);
      const { input, second } = operations[at] as NpuOperation;
      visit(input);
      visit(second);
      order.push(at);
    }
  };
  visit(last);
  const place = new Map(order.map((at, i) => [at, i]));
  const moved = (list: readonly number[]) =>
    list.flatMap((at) => (place.has(at) ? [place.get(at) as number] : [])).sort((a, b) => a - b);
  return {
    operations: order.map((at) => operations[at] as NpuOperation),
    maps: maps.map((map) => ({ ...map, writers: moved(map.writers), readers: moved(map.readers) })),
  };
}

/** @param inside what stands around a part of a network; a whole one has an image and an answer of its own. */
export function compileGraph(
  graph: AnyGraph,
  variant: CompilerVariant,
  inside: Inside = { after: false, before: false },
): NpuProgram {
  return new Compiler(graph, variant, inside).run();
}
