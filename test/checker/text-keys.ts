import { createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import type { RawRecord } from './log-dump.ts';

const bodySealed = 1;
const monthAt = 1;
const sealedAt = 3;
const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

/**
 * Opens sealed texts with a file of keys, as `audit keys` writes it, and the master key: by the
 * forms that docs/sealing.md tells, and by none of the program's own code.
 */
export class TextKeys {
  readonly #keys: ReadonlyMap<string, Buffer>;

  /** @throws Error for a key that the master key does not unwrap */
  constructor(keysFile: string, masterFile: string) {
    const master = Buffer.from(masterFile.trim(), 'base64');
    const named = createHash('sha256')
      .update('securechat/master/v1\n')
      .update(master)
      .digest('hex');
    const [, ...lines] = keysFile.trimEnd().split('\n');
    const keys = lines
      .map((line) => JSON.parse(line) as { name?: string; key?: string })
      .flatMap(({ name, key = '' }) => (name === undefined ? [] : [{ name, key }]));
    this.#keys = new Map(
      keys.map(({ name, key }) => {
        const [by, wrapped = ''] = key.split(':');
        const opened =
          by === named.slice(0, 16)
            ? unsealed(master, Buffer.from(wrapped, 'base64url'), name)
            : undefined;
        if (opened === undefined) throw new Error(`the key ${name} cannot be unwrapped`);
        return [name, opened];
      }),
    );
  }

  /** The record, with the text that is sealed in its body if there is one and it can be opened. */
  open(raw: RawRecord): RawRecord {
    const { body } = raw;
    if (body?.[0] !== bodySealed) return raw;
    const { id, data } = JSON.parse(raw.meta) as { id: string; data: Record<string, string> };
    const author = this.#keys.get(`user:${data['user'] ?? data['from']}`);
    const place = this.#keys.get(`${placeOf(data)}:${monthOf(body)}`);
    if (author === undefined || place === undefined) return raw;
    const material = Buffer.concat([author, place]);
    const key = hkdfSync('sha256', material, '', 'securechat/text/v1', keyBytes);
    const text = unsealed(Buffer.from(key), body.subarray(sealedAt), id);
    return text === undefined ? raw : { ...raw, text: text.toString() };
  }
}

function placeOf({ room, from = '', to = '' }: Readonly<Record<string, string>>): string {
  if (room !== undefined) return `room:${room}`;
  return from < to ? `pair:${from}:${to}` : `pair:${to}:${from}`;
}

function monthOf(body: Uint8Array): string {
  const months = ((body[monthAt] ?? 0) << 8) | (body[monthAt + 1] ?? 0);
  const month = String((months % 12) + 1).padStart(2, '0');
  return `${1970 + Math.floor(months / 12)}-${month}`;
}

/** AES-256-GCM of nonce, text and tag; undefined where the tag does not fit. */
export function unsealed(
  key: Buffer,
  sealed: Uint8Array,
  associated: string | Buffer,
): Buffer | undefined {
  const end = sealed.length - tagBytes;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes));
  decipher.setAAD(Buffer.from(associated)).setAuthTag(sealed.subarray(end));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, end)), decipher.final()]);
  } catch {
    // Node says of a tag that does not fit no more than that.
    return undefined;
  }
}
