/** The values of a file: their names, how they lie, and between which quantizations they pass. */
import { InternalError } from '../../base/index.js';
import type { LoweredGraph, QuantizedGraph } from '../lower/index.js';
import { type OnnxFile, integer, integers } from './file.js';
import { type Elements, type Layout, fromMap, layoutOf, permuted, shapeIn, toMap } from './layout.js';

export class Values {
  /** The name under which each value is read, by its id and layout. */
  private readonly names = new Map<string, string>();
  private readonly layouts = new Map<number, Layout>();

  constructor(
    private readonly graph: LoweredGraph,
    private readonly quantizations: QuantizedGraph['values'],
    private readonly file: OnnxFile,
  ) {}

  shape(id: number): readonly number[] {
    const value = this.graph.values[id];
    if (!value) throw new InternalError(`no value ${id}`);
    return value.shape;
  }

  nameOf(id: number): string {
    return (this.graph.values[id] as LoweredGraph['values'][number]).name;
  }

  layout(id: number): Layout {
    return this.layouts.get(id) ?? 'plain';
  }

  fileShape(id: number): readonly number[] {
    return shapeIn(this.layout(id), this.shape(id));
  }

  begin(id: number, name: string): void {
    const layout = layoutOf(this.shape(id));
    this.layouts.set(id, layout);
    this.names.set(`${id} ${layout}`, this.quantize(id, name));
  }

  /**
   * Says that a node makes a value.
   * @returns the name that the node must give it.
   */
  make(id: number, layout: Layout): string {
    const { file } = this;
    this.layouts.set(id, layout);
    const name = this.nameOf(id);
    if (id !== this.graph.output) file.info(name, this.fileShape(id));
    return name;
  }

  /** Called when the node that makes it is written. */
  made(id: number): void {
    this.names.set(`${id} ${this.layout(id)}`, this.quantize(id, this.nameOf(id)));
  }

  /** The name under which a value that a node makes is read in a layout, transposed where it lies in the other. */
  read(id: number, layout: Layout = this.layout(id)): string {
    const known = this.names.get(`${id} ${layout}`);
    if (known !== undefined) return known;
    const own = this.names.get(`${id} ${this.layout(id)}`);
    if (own === undefined) throw new InternalError(`${this.nameOf(id)} is read before it is made`);
    const turned = `${this.nameOf(id)}/${layout === 'map' ? 'nchw' : 'nhwc'}`;
    const perm = layout === 'map' ? toMap : fromMap;
    this.file.node('Transpose', turned, [own], [turned], [integers('perm', perm)]);
    this.names.set(`${id} ${layout}`, turned);
    return turned;
  }

  /** What the file gives lies as what files read: a map with its channels second. */
  finish(id: number): string {
    return this.read(id, layoutOf(this.shape(id)));
  }

  isConstant(id: number): boolean {
    return this.graph.values[id]?.data !== undefined;
  }

  /**
   * A constant, once for each way that it is read.
   * @param dims of the file, and the order of the axes that gives them; in the lowered order where it is left out.
   */
  constant(id: number, dims: readonly number[], order?: readonly number[]): string {
    const key = `${id} ${dims.join('x')}`;
    const known = this.names.get(key);
    if (known !== undefined) return known;
    const { file } = this;
    const value = this.graph.values[id] as LoweredGraph['values'][number];
    const taken = [...this.names.keys()].some((other) => other.startsWith(`${id} `));
    const name = taken ? `${value.name}/${dims.join('x')}` : value.name;
    const turn = <T extends Elements>(data: T) => (order ? permuted(data, value.shape, order) : data);
    const q = this.quantizations[id];
    let read: string;
    if (!q?.data) read = file.weight(name, dims, turn(value.data as Float32Array));
    else {
      const stored = file.constant(`${name}/quantized`, dims, turn(q.data));
      const scales = file.constant(`${name}/scale`, q.scale.length > 1 ? [q.scale.length] : [], q.scale);
      const inputs = [stored, scales];
      if (q.type === 'int8') {
        const zeros = new Int8Array(q.scale.length).fill(q.zeroPoint);
        inputs.push(file.constant(`${name}/zero`, q.scale.length > 1 ? [q.scale.length] : [], zeros));
      }
      const axis =
        q.scale.length > 1 ? [integer('axis', order ? order.indexOf(q.axis ?? 0) : (q.axis ?? 0))] : [];
      file.node('DequantizeLinear', name, inputs, [name], axis);
      read = name;
    }
    this.names.set(key, read);
    return read;
  }

  /** Passes a value through its integers, where it has some; returns the name to read. */
  private quantize(id: number, name: string): string {
    const q = this.quantizations[id];
    if (!q) return name;
    const { file } = this;
    const scale = file.constant(`${name}/scale`, [], q.scale);
    const zero = file.constant(`${name}/zero`, [], Int8Array.of(q.zeroPoint));
    file.node('QuantizeLinear', `${name}/quantized`, [name, scale, zero], [`${name}/quantized`]);
    file.node(
      'DequantizeLinear',
      `${name}/dequantized`,
      [`${name}/quantized`, scale, zero],
      [`${name}/dequantized`],
    );
    return `${name}/dequantized`;
  }
}
