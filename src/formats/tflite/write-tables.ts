/** Writes flatbuffer tables by their slots, with npm `flatbuffers`. Equal values give equal bytes. */
import { Builder } from 'flatbuffers';
import { InternalError } from '../../base/index.js';
import {
  type Options,
  type Slot,
  type Table,
  type TableName,
  fileIdentifier,
  optionTables,
  tables,
} from './slots.js';

/** Data of buffers begin at multiples of this, so that runtimes can map them. */
const alignment = 16;

type Writable<T> = T extends Uint8Array | string | number | boolean
  ? T
  : T extends readonly (infer I)[]
    ? readonly Writable<I>[]
    : T extends object
      ? { readonly [K in keyof T]?: Writable<T[K]> | undefined }
      : T;

/** A table as it is written: what is left out is absent. */
export type TableInput<N extends TableName> = Writable<Table<N>>;

function numbers(
  builder: Builder,
  values: readonly number[],
  size: number,
  add: (value: number) => void,
): number {
  builder.startVector(size, values.length, size);
  for (let i = values.length - 1; i >= 0; i--) add(values[i] as number);
  return builder.endVector();
}

function bytesVector(builder: Builder, bytes: Uint8Array): number {
  builder.startVector(1, bytes.length, alignment);
  // Room for all at once; the builder has no way to add many bytes but from its end.
  const buffer = builder as unknown as { bb: { bytes(): Uint8Array }; space: number };
  buffer.space -= bytes.length;
  buffer.bb.bytes().set(bytes, buffer.space);
  return builder.endVector();
}

/** Writes what a field points to before its table begins; scalars are written in place. */
function reference(builder: Builder, type: string, value: unknown, optionsType: unknown): number | undefined {
  switch (type) {
    case 'string':
      return builder.createString(value as string);
    case '[u8]':
      return bytesVector(builder, value as Uint8Array);
    case '[i32]':
      return numbers(builder, value as number[], 4, (v) => builder.addInt32(v));
    case '[f32]':
      return numbers(builder, value as number[], 4, (v) => builder.addFloat32(v));
    case '[i64]':
      return numbers(builder, value as number[], 8, (v) => builder.addInt64(BigInt(v)));
    case 'options': {
      const slots = (optionTables as Record<number, Record<string, Slot>>)[optionsType as number];
      if (!slots) throw new InternalError(`no table of options ${String(optionsType)}`);
      return writeTable(builder, slots, value as Options);
    }
    default: {
      const [rule, name] = type.split(' ') as [string, TableName];
      if (!(name in tables)) return undefined;
      if (rule === 'table') return writeTable(builder, tables[name], value as object);
      const items = (value as object[]).map((item) => writeTable(builder, tables[name], item));
      builder.startVector(4, items.length, 4);
      for (const item of items.toReversed()) builder.addOffset(item);
      return builder.endVector();
    }
  }
}

function writeTable(builder: Builder, slots: Record<string, Slot>, row: object): number {
  const values = row as Record<string, unknown>;
  const fields = Object.entries(slots)
    .filter(([name]) => values[name] !== undefined)
    .map(([name, [slot, type, absent = 0]]) => {
      const value = values[name];
      return { slot, type, absent, value, at: reference(builder, type, value, values.optionsType) };
    });
  builder.startObject(1 + Math.max(-1, ...Object.values(slots).map(([slot]) => slot)));
  for (const { slot, type, absent, value, at } of fields) {
    if (at !== undefined) builder.addFieldOffset(slot, at, 0);
    else if (type === 'f32') builder.addFieldFloat32(slot, value as number, absent);
    else if (type === 'i32' || type === 'u32') builder.addFieldInt32(slot, value as number, absent);
    else builder.addFieldInt8(slot, Number(value), absent);
  }
  return builder.endObject();
}

/** The bytes of a TFLite file. */
export function writeTables(model: TableInput<'Model'>): Uint8Array {
  const builder = new Builder(1 << 16);
  builder.finish(writeTable(builder, tables.Model, model), fileIdentifier);
  return builder.asUint8Array();
}
