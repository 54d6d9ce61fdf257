/** A ZIP archive of one file, stored as it is: how TFLite files carry their labels, behind the model. */
import { crc32 } from 'node:zlib';

/** Midnight of 1980-01-01, the earliest date of the format: the same file has the same bytes. */
const noDate = 0x0021;

/**
 * The bytes of the archive.
 * @param offset bytes before it in the file that it is appended to: places count from the start of that.
 */
export function zipOf(name: string, data: Uint8Array, offset: number): Uint8Array {
  const path = Buffer.from(name);
  /** Version to 16-bit length of extra fields, which both headers have. */
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(noDate, 8);
  common.writeUInt32LE(crc32(data), 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(data.length, 18);
  common.writeUInt16LE(path.length, 22);
  const signature = (word: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(word);
    return bytes;
  };
  const local = Buffer.concat([signature(0x04034b50), common, path, data]);
  const madeBy = Buffer.from([20, 0]);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(offset, 10);
  const central = Buffer.concat([signature(0x02014b50), madeBy, common, rest, path]);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset + local.length, 16);
  return Buffer.concat([local, central, end]);
}
