/** Each node of the lowered graph as the module that it needs and the line of `forward` that runs it. */
import { unreachable } from '../../base/index.js';
import type { Fused, LoweredGraph, LoweredNode } from '../lower/index.js';
import { type Elements, type Layout, axisIn, fromMap, permuted, shapeIn, toMap } from '../onnx/layout.js';
import { identifier, list, number, tuple } from './names.js';
import type { Section } from './sections.js';

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const operators = { add: '+', subtract: '-', multiply: '*' } as const;
const unaries = {
  relu: 'F.relu',
  relu6: 'F.relu6',
  logistic: 'torch.sigmoid',
  hardSwish: 'F.hardswish',
  rsqrt: 'torch.rsqrt',
} as const;

/** Writes one section: what its module holds, and how it computes. */
export class SectionWriter {
  readonly modules: string[] = [];
  readonly lines: string[] = [];
  readonly weights = new Map<string, Tensor>();
  private readonly layouts = new Map<number, Layout>();
  private readonly variables = new Map<number, string>();

  constructor(
    private readonly graph: LoweredGraph,
    private readonly section: Section,
  ) {
    this.layouts.set(section.input, this.shape(section.input).length === 4 ? 'map' : 'plain');
    this.variables.set(section.input, 'x');
    for (const node of section.nodes) this.write(node);
    const out = this.read(section.output, this.shape(section.output).length === 4 ? 'map' : 'plain');
    this.lines.push(`return ${out}`);
  }

  private shape(id: number): readonly number[] {
    return this.graph.values[id]?.shape ?? [];
  }

  /** A name without that of the section. */
  private own(name: string): string {
    const { name: section } = this.section;
    return identifier(name.startsWith(`${section}.`) ? name.slice(section.length + 1) : name);
  }

  private isMap(id: number): boolean {
    return this.layouts.get(id) === 'map';
  }

  /** A value as an expression, in a layout; a constant is a number or a parameter. */
  private read(id: number, layout: Layout = this.layouts.get(id) ?? 'plain'): string {
    const variable = this.variables.get(id) ?? '';
    const own = this.layouts.get(id) ?? 'plain';
    if (own === layout || this.shape(id).length !== 4) return variable;
    return `${variable}.permute${tuple(layout === 'map' ? toMap : fromMap)}`;
  }

  private tensor(name: string, shape: readonly number[], data: Elements): void {
    this.weights.set(`${this.section.name}.${name}`, { shape, data: data as Float32Array });
  }

  private constant(id: number, layout: Layout, rank: number): string {
    const value = this.graph.values[id];
    const { name, shape, data } = value as { name: string; shape: readonly number[]; data: Float32Array };
    if (data.length === 1) return number(data[0] as number);
    const whole = [...new Array<number>(Math.max(0, rank - shape.length)).fill(1), ...shape];
    const dims = layout === 'map' ? shapeIn('map', whole) : shape;
    const own = this.own(name);
    if (!this.weights.has(`${this.section.name}.${own}`)) {
      this.modules.push(`self.${own} = nn.Parameter(torch.empty${tuple(dims)})`);
      this.tensor(own, dims, layout === 'map' && whole.length === 4 ? permuted(data, whole, toMap) : data);
    }
    return `self.${own}`;
  }

  private assign(node: LoweredNode, expression: string, layout: Layout, fused: Fused = 'none'): void {
    const id = node.outputs[0] as number;
    const variable = this.own(node.name);
    this.layouts.set(id, layout);
    this.variables.set(id, variable);
    this.lines.push(`${variable} = ${fused === 'none' ? expression : `F.${fused}(${expression})`}`);
  }

  private data(id: number): Float32Array {
    return this.graph.values[id]?.data as Float32Array;
  }

  private write(node: LoweredNode): void {
    const [x = 0, second = 0, third = 0] = node.inputs;
    const layout = this.layouts.get(x) ?? 'plain';
    const last = axisIn(layout, this.shape(x).length - 1);
    const out = this.shape(node.outputs[0] as number);
    const name = this.own(node.name);
    switch (node.kind) {
      case 'conv2d':
      case 'depthwiseConv2d': {
        const depthwise = node.kind === 'depthwiseConv2d';
        const [input, channels] = [this.shape(x)[3] as number, out[3] as number];
        const shape = this.shape(second);
        const size = shape[1] as number;
        const order = depthwise ? [3, 0, 1, 2] : toMap;
        const groups = depthwise ? channels : node.groups;
        const options = [
          ...(node.stride > 1 ? [`stride=${node.stride}`] : []),
          ...(node.dilation > 1 ? [`dilation=${node.dilation}`] : []),
          ...(groups > 1 ? [`groups=${groups}`] : []),
        ];
        this.modules.push(`self.${name} = Conv2d(${[input, channels, size, ...options].join(', ')})`);
        this.tensor(
          `${name}.weight`,
          order.map((axis) => shape[axis] as number),
          permuted(this.data(second), shape, order),
        );
        this.tensor(`${name}.bias`, [channels], this.data(third));
        return this.assign(node, `self.${name}(${this.read(x, 'map')})`, 'map', node.fused);
      }
      case 'dense': {
        const shape = this.shape(second);
        this.modules.push(`self.${name} = nn.Linear(${shape[1]}, ${shape[0]})`);
        this.tensor(`${name}.weight`, shape, this.data(second));
        this.tensor(`${name}.bias`, [shape[0] as number], this.data(third));
        const from =
          this.shape(x).length === 2
            ? this.read(x)
            : `${this.read(x, this.isPixel(x) ? layout : 'plain')}.flatten(1)`;
        return this.assign(node, `self.${name}(${from})`, 'plain', node.fused);
      }
      case 'binary': {
        const isConstant = this.graph.values[second]?.data !== undefined;
        const other = isConstant
          ? this.constant(second, layout, this.shape(x).length)
          : this.read(second, layout);
        const own = this.read(x);
        if (node.operator === 'squaredDifference')
          return this.assign(node, `(${own} - ${other}) ** 2`, layout, node.fused);
        return this.assign(node, `${own} ${operators[node.operator]} ${other}`, layout, node.fused);
      }
      case 'unary':
        return this.assign(node, `${unaries[node.operator]}(${this.read(x)})`, layout);
      case 'mean': {
        const axes = node.axes.map((axis) => axisIn(layout, axis)).toSorted((a, b) => a - b);
        return this.assign(node, `${this.read(x)}.mean(dim=${tuple(axes)}, keepdim=True)`, layout);
      }
      case 'maxPool': {
        const { kernel, stride } = node;
        return this.assign(node, `max_pool(${this.read(x, 'map')}, ${kernel}, ${stride})`, 'map');
      }
      case 'softmax':
        return this.assign(node, `F.softmax(${this.read(x)}, dim=${last})`, layout);
      case 'split': {
        const names = node.outputs.map((id) => this.own(this.graph.values[id]?.name ?? ''));
        node.outputs.forEach((id, i) => {
          this.layouts.set(id, layout);
          this.variables.set(id, names[i] as string);
        });
        this.lines.push(`${names.join(', ')} = ${this.read(x)}.chunk(${names.length}, dim=${last})`);
        return;
      }
      case 'slice': {
        const from = this.shape(x);
        const ranges = from.map((size, axis) => {
          const begin = node.begin[axis] as number;
          return size === out[axis] ? ':' : `${begin}:${begin + (out[axis] as number)}`;
        });
        const order = layout === 'map' ? toMap.map((axis) => ranges[axis] as string) : ranges;
        return this.assign(node, `${this.read(x)}${list(order)}`, layout);
      }
      case 'concat': {
        const parts = node.inputs.map((id) => this.read(id, layout));
        return this.assign(node, `torch.cat(${list(parts)}, dim=${last})`, layout);
      }
      case 'reshape': {
        const made: Layout = out.length === 4 && out[1] === 1 && out[2] === 1 ? 'map' : 'plain';
        const from = this.read(x, this.isPixel(x) ? layout : 'plain');
        const dims = shapeIn(made, out).map((size, axis) => (axis === 0 && size === 1 ? -1 : size));
        // The batch stays free where it is the first axis on both sides.
        const free = this.shape(x)[0] === 1 && out[0] === 1;
        return this.assign(node, `${from}.reshape${tuple(free ? dims : shapeIn(made, out))}`, made);
      }
      case 'transpose':
        return this.assign(node, `${this.read(x, 'plain')}.permute${tuple(node.perm)}`, 'plain');
      case 'pad': {
        const order = layout === 'map' ? toMap : node.pads.map((_, axis) => axis);
        const pads = order.map((axis) => node.pads[axis] as readonly [number, number]).toReversed();
        return this.assign(node, `F.pad(${this.read(x)}, ${tuple(pads.flat())})`, layout);
      }
      case 'matmul': {
        const other = this.read(second, 'plain');
        const turned = node.transposeSecond ? `${other}.transpose(-1, -2)` : other;
        return this.assign(node, `${this.read(x, 'plain')} @ ${turned}`, 'plain');
      }
      case 'quantize':
      case 'dequantize':
        return this.assign(node, this.read(x), layout);
      default:
        return unreachable(node);
    }
  }

  /** Of one pixel, whose numbers lie alike in both layouts. */
  private isPixel(id: number): boolean {
    const shape = this.shape(id);
    return shape.length === 4 && shape[1] === 1 && shape[2] === 1 && (this.isMap(id) || shape[0] === 1);
  }
}
