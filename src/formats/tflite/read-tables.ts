/**
 * Reads flatbuffer tables by their slots. Our own, because npm `flatbuffers` does not check offsets: a hostile
 * file would be read outside its bounds. Every offset is checked here, and a file can make no more values than
 * it has bytes, so tables that share their parts do not multiply.
 */
import { MixnasError } from '../../base/index.js';
import {
  type FieldType,
  type Options,
  type Slot,
  type Table,
  type TableName,
  fileIdentifier,
  optionTables,
  tables,
} from './slots.js';

/** Values that a small file may make whatever its size: builders share empty vectors and equal tables. */
const leastBudget = 4096;

/** One read of one file. */
class TableReader {
  private readonly view: DataView;
  private budget: number;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly path: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.budget = leastBudget + bytes.length;
  }

  fail(what: string): never {
    throw new MixnasError('bad-data', `${this.path}: ${what}, so it is no whole TFLite file.`, {
      remedy: 'Export or download it again.',
    });
  }

  root(): Table<'Model'> {
    const { bytes } = this;
    const identifier = String.fromCharCode(...bytes.subarray(4, 8));
    if (bytes.length < 8 || identifier !== fileIdentifier) {
      this.fail(`bytes 4 to 8 are not ${fileIdentifier}`);
    }
    return this.table(this.offset(0), tables.Model) as Table<'Model'>;
  }

  /** A place `size` bytes before the end at least. */
  private at(position: number, size: number): number {
    if (position < 0 || position + size > this.bytes.length) {
      this.fail(`an offset points at byte ${position} of ${this.bytes.length}`);
    }
    return position;
  }

  /** Where the offset at `position` points to. */
  private offset(position: number): number {
    return position + this.view.getUint32(this.at(position, 4), true);
  }

  private spend(count: number): void {
    this.budget -= count;
    if (this.budget < 0) this.fail('its tables hold more values than it has bytes');
  }

  private table(position: number, slots: Record<string, Slot>): Record<string, unknown> {
    this.spend(1);
    const vtable = position - this.view.getInt32(this.at(position, 4), true);
    const size = this.view.getUint16(this.at(vtable, 4), true);
    this.at(vtable, size);
    const place = (slot: number): number | undefined => {
      const entry = 4 + 2 * slot;
      const within = entry + 2 <= size ? this.view.getUint16(vtable + entry, true) : 0;
      return within === 0 ? undefined : position + within;
    };
    const row: Record<string, unknown> = {};
    for (const [name, [slot, type, absent]] of Object.entries(slots)) {
      const from = place(slot);
      if (type === 'options') row[name] = from && this.options(from, row.optionsType as number);
      else row[name] = from === undefined ? absentValue(type, absent) : this.value(from, type);
    }
    return row;
  }

  /** The attributes of an op; undefined where the kind of table is none that we know. */
  private options(from: number, type: number): Options | undefined {
    const slots = (optionTables as Record<number, Record<string, Slot>>)[type];
    return slots && (this.table(this.offset(from), slots) as Options);
  }

  private value(from: number, type: FieldType): unknown {
    const { view } = this;
    switch (type) {
      case 'bool':
        return view.getUint8(this.at(from, 1)) !== 0;
      case 'i8':
        return view.getInt8(this.at(from, 1));
      case 'u8':
        return view.getUint8(this.at(from, 1));
      case 'i32':
        return view.getInt32(this.at(from, 4), true);
      case 'u32':
        return view.getUint32(this.at(from, 4), true);
      case 'f32':
        return view.getFloat32(this.at(from, 4), true);
      case 'string': {
        const text = this.vector(from, 1);
        this.spend(text.length / 16);
        return new TextDecoder().decode(text);
      }
      case '[u8]':
        return this.vector(from, 1);
      case '[i32]':
        return this.numbers(from, 4, (items, i) => items.getInt32(i, true));
      case '[f32]':
        return this.numbers(from, 4, (items, i) => items.getFloat32(i, true));
      case '[i64]':
        return this.numbers(from, 8, (items, i) => Number(items.getBigInt64(i, true)));
      default:
        return this.tableValue(from, type);
    }
  }

  private tableValue(from: number, type: string): unknown {
    const [rule, name] = type.split(' ') as ['table' | 'tables', TableName];
    const slots: Record<string, Slot> = tables[name];
    if (rule === 'table') return this.table(this.offset(from), slots);
    const items = this.vector(from, 4);
    const first = items.byteOffset - this.bytes.byteOffset;
    return Array.from({ length: items.length / 4 }, (_, i) => this.table(this.offset(first + 4 * i), slots));
  }

  /** The bytes of a vector of items of `size` bytes. */
  private vector(from: number, size: number): Uint8Array {
    const start = this.offset(from);
    const length = this.view.getUint32(this.at(start, 4), true) * size;
    this.at(start + 4, length);
    return this.bytes.subarray(start + 4, start + 4 + length);
  }

  private numbers(from: number, size: number, get: (items: DataView, at: number) => number): number[] {
    const items = this.vector(from, size);
    this.spend(items.length / size);
    const view = new DataView(items.buffer, items.byteOffset, items.byteLength);
    return Array.from({ length: items.length / size }, (_, i) => get(view, i * size));
  }
}

function absentValue(type: FieldType, absent: number | undefined): unknown {
  if (type === 'bool') return false;
  return ['i8', 'u8', 'i32', 'u32', 'f32'].includes(type) ? (absent ?? 0) : undefined;
}

/**
 * The tables of a TFLite file. Bytes are views into `bytes`, not copies.
 * @param path how the file is called in errors.
 * @throws MixnasError `bad-data` when it is not TFLite, cut off or broken.
 */
export function readTables(bytes: Uint8Array, path: string): Table<'Model'> {
  return new TableReader(bytes, path).root();
}
