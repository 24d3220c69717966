/** LMDB takes keys of up to 1,978 bytes; a name has its partition and a number beside it. */
export const nameBytesMax = 1_900;

const partitionBytes = 2;
const numberBytes = 8;

/** partition position */
export function logKey(partition: number, position: number): Buffer {
  const key = Buffer.allocUnsafe(partitionBytes + numberBytes);
  key.writeUInt16BE(partition, 0);
  return writeNumber(key, position, partitionBytes);
}

/** partition, and a name if there is one */
export function headKey(partition: number, name = ''): Buffer {
  const key = Buffer.allocUnsafe(partitionBytes + Buffer.byteLength(name));
  key.writeUInt16BE(partition, 0);
  key.write(name, partitionBytes);
  return key;
}

/** partition name 0 number */
export function numberedKey(partition: number, name: string, number: number): Buffer {
  const nameEnd = partitionBytes + Buffer.byteLength(name);
  const key = Buffer.allocUnsafe(nameEnd + 1 + numberBytes);
  key.writeUInt16BE(partition, 0);
  key.write(name, partitionBytes);
  key[nameEnd] = 0;
  return writeNumber(key, number, nameEnd + 1);
}

/** number, and then another key */
export function keyBehind(number: number, key: Buffer): Buffer {
  return Buffer.concat([numberValue(number), key]);
}

/** The key that `keyBehind` was given. */
export const keyWithoutNumber = (key: Buffer): Buffer => key.subarray(numberBytes);

export const numberValue = (number: number): Buffer =>
  writeNumber(Buffer.allocUnsafe(numberBytes), number, 0);

export function writeNumber(bytes: Buffer, number: number, offset: number): Buffer {
  bytes.writeUInt32BE(Math.floor(number / 2 ** 32), offset);
  bytes.writeUInt32BE(number % 2 ** 32, offset + 4);
  return bytes;
}

export const readNumber = (bytes: Buffer, offset: number): number =>
  bytes.readUInt32BE(offset) * 2 ** 32 + bytes.readUInt32BE(offset + 4);
