import { KeyRing } from '../adapters/audit/key-ring.ts';
import { vouchFor } from '../adapters/audit/key-voucher.ts';
import type { SigningKey } from '../adapters/audit/signing-key.ts';
import type { VerifierKey } from '../adapters/audit/verifier-key.ts';
import type { PublishedKey } from '../core/audit.ts';
import {
  type Commit,
  type EventStore,
  type NewEvent,
  StoreUnreachable,
} from '../core/event-store.ts';
import { signingKeysStream } from '../core/stream.ts';
import { loadSigningKeys } from './aggregate.ts';
import { randomId } from './random-id.ts';

/** The keys that were published in a partition. */
export interface SigningKeys {
  readonly published: readonly PublishedKey[];
  /** Those that count. */
  readonly accepted: readonly VerifierKey[];
  /** Of the stream that publishes them. */
  readonly revision: number;
}

/** @throws {StoreUnreachable} */
export async function signingKeysOf(events: EventStore, partition: number): Promise<SigningKeys> {
  const { state: published, revision } = await loadSigningKeys(events, partition);
  const ring = new KeyRing();
  for (const key of published) ring.published(key);
  return { published, accepted: ring.accepted, revision };
}

export const hasKey = (
  { accepted }: Pick<SigningKeys, 'accepted'>,
  { text }: VerifierKey,
): boolean => accepted.some((key) => key.text === text);

/** A commit that publishes keys, behind those that are known. */
export function publication(
  partition: number,
  server: string,
  keys: readonly PublishedKey[],
  revision: number,
): Commit {
  const events = keys.map((data): NewEvent => {
    const id = randomId();
    const event = { type: 'SigningKeyPublished', data } as const;
    return { id, actor: { server, incarnation: 0 }, cause: id, event };
  });
  const stream = signingKeysStream(partition);
  return { partition, parts: [{ stream, expected: revision, events }] };
}

/**
 * Publishes a key in each partition, where it does not count yet, with the voucher of one that does.
 * `sealed-otherwise`: that one does not count in one of them; `unsealed`: no key does in the log.
 * @throws {StoreUnreachable} when it may be published in some partitions only; again does no harm
 */
export async function publishKey(
  events: EventStore,
  signer: SigningKey,
  key: VerifierKey,
): Promise<'published' | 'sealed-otherwise' | 'unsealed'> {
  const known: SigningKeys[] = [];
  for (let partition = 0; partition < events.info.partitions; partition++)
    known.push(await signingKeysOf(events, partition));
  const [first] = known;
  if (first === undefined || first.accepted.length === 0) return 'unsealed';
  const isElse = known.some((keys) => keys.accepted.length > 0 && !hasKey(keys, signer.verifier));
  if (isElse) return 'sealed-otherwise';
  const next = { key: key.text, note: vouchFor(signer, key) };
  const writer = events.writer('audit', 0);
  try {
    for (const [partition, keys] of known.entries()) {
      if (hasKey(keys, key)) continue;
      // Where nothing is sealed yet, those of the first partition come before it.
      const added = keys.accepted.length > 0 ? [next] : [...first.published, next];
      const commit = publication(partition, 'audit', added, keys.revision);
      const { status } = await writer.append(commit);
      if (status !== 'appended')
        throw new StoreUnreachable('The key could not be published in all partitions: try again.');
    }
    return 'published';
  } finally {
    await writer.close();
  }
}
