import { utf8Bytes } from './text.ts';

/**
 * Stream names. `:` separates their parts and is in nobody's name.
 */
export const accountStream = (user: string): string => `account:${user}`;
export const sessionStream = (user: string): string => `session:${user}`;
export const followingStream = (user: string): string => `following:${user}`;
export const keptRoomsStream = (user: string): string => `rooms:${user}`;
export const inboxStream = (user: string): string => `inbox:${user}`;
export const roomStream = (room: string): string => `room:${room}`;
/** How long a room's text is kept; in the room's partition. */
export const retentionStream = (room: string): string => `retention:${room}`;
export const serverStream = (server: string): string => `server:${server}`;
/** What `user` was shown by history. It is never folded: only appended, and read through. */
export const readingStream = (user: string): string => `reading:${user}`;
/** Lists the accounts: every AccountRegistered is linked here. In every partition. */
export const accountsStream = 'accounts';
/** Where a partition tells of its epochs. In every partition. */
export const epochStream = 'epoch';
/** Where a partition's log is sealed, and the first one's reading is told. In its own partition. */
export const auditStream = (partition: number): string => `audit:${partition}`;

/** The keys with which a partition is sealed. In its own partition. */
export const signingKeysStream = (partition: number): string => `signing-keys:${partition}`;

/** What is taken out of a partition's log. In its own partition. It is never folded. */
export const trimmingStream = (partition: number): string => `trimming:${partition}`;

/** What sealing itself brings about is in these. */
export const sealingStreams = (partition: number): readonly string[] => [
  auditStream(partition),
  signingKeysStream(partition),
];

/** The conversation of two users, whoever names whom first. */
export const directStream = (one: string, other: string): string =>
  one < other ? `direct:${one}:${other}` : `direct:${other}:${one}`;

/**
 * The partition of a stream: CRC16 of its key modulo `partitions`. The key is the user, the room,
 * the server or the pair, so that a user's account, session and subscriptions lie together.
 */
export function partitionOf(stream: string, partitions: number): number {
  if (partitions === 1) return 0;
  return crc16(stream.slice(stream.indexOf(':') + 1)) % partitions;
}

/** CRC-16/XMODEM over the key's UTF-8 bytes: what Redis Cluster computes its slots from. */
function crc16(key: string): number {
  let crc = 0;
  for (const byte of utf8Bytes(key)) crc = crcByte(crc, byte);
  return crc;
}

function crcByte(crc: number, byte: number): number {
  let next = crc ^ (byte << 8);
  for (let bit = 0; bit < 8; bit++) next = next & 0x8000 ? (next << 1) ^ 0x1021 : next << 1;
  return next & 0xffff;
}
