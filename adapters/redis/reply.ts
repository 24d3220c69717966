/** A reply of Redis. Strings of either kind come as bytes; errors are thrown, see `refusal.ts`. */
export type Reply = Buffer | number | null | readonly Reply[];

/** @throws {UnexpectedReply} */
export function listOf(reply: Reply | undefined): readonly Reply[] {
  if (Array.isArray(reply)) return reply as readonly Reply[];
  throw new UnexpectedReply('a list', reply);
}

/** @throws {UnexpectedReply} */
export function bytesOf(reply: Reply | undefined): Buffer {
  if (Buffer.isBuffer(reply)) return reply;
  throw new UnexpectedReply('bytes', reply);
}

/** @throws {UnexpectedReply} */
export const textOf = (reply: Reply | undefined): string => bytesOf(reply).toString();

/** A number, also one that was sent as text. @throws {UnexpectedReply} */
export function numberOf(reply: Reply | undefined): number {
  const number = Buffer.isBuffer(reply) ? Number(reply.toString('latin1')) : reply;
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  throw new UnexpectedReply('a number', reply);
}

/** Nothing where Redis had nothing. */
export const optional = <T>(reply: Reply | undefined, read: (reply: Reply) => T): T | undefined =>
  reply === null || reply === undefined ? undefined : read(reply);

/** Redis answered in a form that no version of it that we know does. */
export class UnexpectedReply extends Error {
  override readonly name = 'UnexpectedReply';

  constructor(wanted: string, reply: Reply | undefined) {
    const got = Array.isArray(reply) ? `a list of ${reply.length}` : typeof reply;
    super(`Redis answered ${got} where ${wanted} was expected.`);
  }
}
