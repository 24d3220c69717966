import { deepStrictEqual, throws } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import {
  bodyHash,
  CorruptRecord,
  decodeRecord,
  encodeEvent,
  recordFormat,
} from '../../adapters/record-codec.ts';
import type { EventOf } from '../../core/event.ts';
import type { Actor, NewEvent, Recorded } from '../../core/event-store.ts';
import type { Placement } from '../../core/log-source.ts';
import { arbitraryEvent, eventTypes } from '../core/arbitrary-events.ts';
import { rule } from '../support/given.ts';
import { always } from '../support/always.ts';

/** A record as a program of some format wrote it, and what it says. */
interface Golden {
  /** In base64, as is `body`. */
  readonly meta: string;
  readonly body?: string;
  readonly recorded: Recorded;
}

const golden = readFileSync(new URL('../golden/format-1/records.ndjson', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Golden);

const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');

rule('every record that format 1 wrote is still read', () => {
  for (const { meta, body, recorded } of golden)
    deepStrictEqual(
      decode(placementOf(recorded), bytes(meta), body === undefined ? body : bytes(body)),
      recorded,
    );
});
rule('format 1 has kept a record of every type of event that it knows', () =>
  deepStrictEqual(new Set(golden.map(({ recorded }) => recorded.event.type)), new Set(eventTypes)),
);
rule('format 1 is still written byte for byte', () => {
  deepStrictEqual(recordFormat, 1);
  for (const { meta, body, recorded } of golden) {
    const { id, actor: by, cause, event } = recorded;
    const encoded = encodeEvent({ id, actor: by, cause, event });
    deepStrictEqual(encoded.meta.toString('base64'), meta);
    deepStrictEqual(encoded.body?.toString('base64'), body);
  }
});

const actor: fc.Arbitrary<Actor> = fc.record(
  { user: fc.string(), session: fc.string(), server: fc.string(), incarnation: fc.nat() },
  { requiredKeys: ['server', 'incarnation'], noNullPrototype: true },
);
const newEvent: fc.Arbitrary<NewEvent> = fc.record({
  id: fc.string(),
  actor,
  cause: fc.string({ unit: 'binary' }),
  event: arbitraryEvent(),
});
const placement: Placement = {
  partition: 2,
  position: 41,
  stream: 'room:lobby',
  revision: 7,
  at: 1_795_000_000_000,
};

rule('a record is read as it was written', (t) =>
  always(
    t,
    'anyInputs',
    fc.property(newEvent, (written) => {
      const { meta, body } = encodeEvent(written);
      deepStrictEqual(decode(placement, meta, body), { ...placement, ...written });
    }),
  ),
);
rule(
  'half a surrogate pair, which UTF-8 cannot carry, is stored as the replacement character',
  () => {
    const { meta, body } = encodeEvent({ ...posted, event: { ...message, text: 'a\ud83d' } });
    deepStrictEqual(decode(placement, meta, body).event, { ...message, text: 'a\ufffd' });
  },
);
rule('a record’s link is kept', () => {
  const link = { stream: 'inbox:bob', revision: 3 };
  const { meta, body } = encodeEvent(posted);
  deepStrictEqual(decode({ ...placement, link }, meta, body).link, link);
});
rule('a text is kept apart from the metadata, which names it by its hash alone', () => {
  const { meta, body } = encodeEvent(posted);
  deepStrictEqual(body, Buffer.from('\0secret'));
  deepStrictEqual(meta.includes('secret'), false);
  deepStrictEqual(JSON.parse(meta.toString()), {
    id: 'id',
    type: 'MessagePosted',
    v: 1,
    actor: { server: 'north', incarnation: 1 },
    cause: 'cause',
    data: { room: 'lobby', user: 'alice', session: 'a1' },
    body: bodyHash(Buffer.from('\0secret')),
  });
});

const message: EventOf<'MessagePosted'> = {
  type: 'MessagePosted',
  data: { room: 'lobby', user: 'alice', session: 'a1' },
  text: 'secret',
};
const posted: NewEvent = {
  id: 'id',
  actor: { server: 'north', incarnation: 1 },
  cause: 'cause',
  event: message,
};
const isDamaged = (meta: Buffer, body?: Buffer): void =>
  throws(() => decode(placement, meta, body), CorruptRecord);
const whole = encodeEvent(posted);

rule('metadata that is no JSON is damaged', () => {
  for (const meta of ['', '{', 'hello', whole.meta.subarray(0, -1), whole.meta.subarray(1)])
    isDamaged(Buffer.from(meta), whole.body);
});
rule('metadata that is no UTF-8 is damaged', () => {
  const meta = Buffer.from(whole.meta);
  meta[meta.indexOf('alice')] = 0xff;
  isDamaged(meta, whole.body);
});
rule('metadata that is no record’s is damaged', () => {
  const fields = JSON.parse(whole.meta.toString()) as Record<string, unknown>;
  for (const meta of [null, 1, 'text', [], {}]) isDamaged(Buffer.from(JSON.stringify(meta)));
  for (const field of Object.keys(fields)) {
    isDamaged(Buffer.from(JSON.stringify({ ...fields, [field]: null })), whole.body);
    isDamaged(Buffer.from(JSON.stringify({ ...fields, [field]: undefined })), whole.body);
  }
});
rule('a body that is not the one that was written is damaged', () =>
  fc.assert(
    fc.property(newEvent, fc.nat(), fc.integer({ min: 1, max: 255 }), (written, at, flip) => {
      const { meta, body } = encodeEvent(written);
      if (body === undefined) return isDamaged(meta, Buffer.of(0));
      const changed = Buffer.from(body);
      const index = at % body.length;
      changed[index] = (changed[index] ?? 0) ^ flip;
      isDamaged(meta, changed);
      isDamaged(meta, Buffer.concat([body, Buffer.of(flip)]));
      isDamaged(meta, body.subarray(0, -1));
      return isDamaged(meta);
    }),
  ),
);
rule('a body of a kind that is not known is refused, although its hash is right', () => {
  const unknown = Buffer.from('\u0002unknown');
  const meta = JSON.parse(whole.meta.toString()) as object;
  isDamaged(Buffer.from(JSON.stringify({ ...meta, body: bodyHash(unknown) })), unknown);
});
rule('a sealed text is kept as its bytes, and is empty until it is opened', () => {
  const body = Buffer.from('\u0001as good as sealed');
  const encoded = encodeEvent({ ...posted, sealed: body });
  deepStrictEqual(encoded.body, body);
  const { event, sealed } = decode(placement, encoded.meta, encoded.body);
  deepStrictEqual(event, { ...message, text: '' });
  deepStrictEqual(sealed, body);
});
rule('damage is told with its place', () =>
  throws(() => decode(placement, Buffer.from('{')), {
    name: 'CorruptRecord',
    message: /position 41 of partition 2/,
  }),
);

function decode(place: Placement, meta: Buffer, body?: Buffer): Recorded {
  return decodeRecord({ ...place, meta, ...(body && { body }) });
}

function placementOf({ partition, position, stream, revision, at, link }: Recorded): Placement {
  const place = { partition, position, stream, revision, at };
  return link === undefined ? place : { ...place, link };
}
