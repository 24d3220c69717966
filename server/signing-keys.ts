import { KeyRing } from '../adapters/audit/key-ring.ts';
import { vouchFor } from '../adapters/audit/key-voucher.ts';
import type { SigningKey } from '../adapters/audit/signing-key.ts';
import type { VerifierKey } from '../adapters/audit/verifier-key.ts';
import { type EventStore, StoreUnreachable } from '../core/event-store.ts';
import { signingKeysStream } from '../core/stream.ts';
import { loadSigningKeys } from './aggregate.ts';
import { randomId } from './random-id.ts';

/** The keys that count in a partition, as the log itself tells. */
export interface SigningKeys {
  /** None before one was published. */
  readonly accepted: readonly VerifierKey[];
  /** Of the stream that publishes them. */
  readonly revision: number;
}

/** @throws {StoreUnreachable} */
export async function signingKeysOf(events: EventStore, partition: number): Promise<SigningKeys> {
  const { state, revision } = await loadSigningKeys(events, partition);
  const ring = new KeyRing();
  for (const published of state) ring.published(published);
  return { accepted: ring.accepted, revision };
}

/** A key was to vouch for another, and does not count itself in this partition. */
export interface NotCounting {
  readonly status: 'not-counting';
  readonly partition: number;
  /** Whether another one counts there. */
  readonly isSealed: boolean;
}

/**
 * Publishes a key in each partition, where it does not count yet, with the voucher of one that does.
 * @throws {StoreUnreachable} when it may be published in some partitions only; again does no harm
 */
export async function publishKey(
  events: EventStore,
  signer: SigningKey,
  key: VerifierKey,
): Promise<{ readonly status: 'published' } | NotCounting> {
  const known: SigningKeys[] = [];
  for (let partition = 0; partition < events.info.partitions; partition++) {
    const keys = await signingKeysOf(events, partition);
    if (!has(keys, signer.verifier))
      return { status: 'not-counting', partition, isSealed: keys.accepted.length > 0 };
    known.push(keys);
  }
  const data = { key: key.text, note: vouchFor(signer, key) };
  const writer = events.writer('audit', 0);
  try {
    for (const [partition, keys] of known.entries()) {
      if (has(keys, key)) continue;
      const id = randomId();
      const event = { type: 'SigningKeyPublished', data } as const;
      const made = { id, actor: { server: 'audit', incarnation: 0 }, cause: id, event };
      const stream = signingKeysStream(partition);
      const part = { stream, expected: keys.revision, events: [made] };
      const { status } = await writer.append({ partition, parts: [part] });
      if (status !== 'appended')
        throw new StoreUnreachable('The key could not be published in all partitions: try again.');
    }
    return { status: 'published' };
  } finally {
    await writer.close();
  }
}

const has = ({ accepted }: SigningKeys, { text }: VerifierKey): boolean =>
  accepted.some((key) => key.text === text);
