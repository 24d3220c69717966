import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'tap';
import { foldRecord, peekType } from '../../adapters/fold-record.ts';
import { CorruptRecord, decodeRecord, encodeEvent } from '../../adapters/record-codec.ts';
import { canonicalJson } from '../../core/canonical-json.ts';
import type { Recorded } from '../../core/event-store.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import { emptyChat } from '../../core/views/chat.ts';
import { stateOf } from '../../core/views/chat-state.ts';
import { evolveWholeChat } from '../../core/views/whole-chat.ts';
import { arbitraryLog } from '../core/arbitrary-events.ts';

const message: Recorded = {
  partition: 0,
  position: 7,
  stream: 'room:lobby',
  revision: 3,
  at: 1_000,
  id: 'f6b1a6f2-3b1f-4d4e-8a5e-0d4f6c1f2a3b',
  cause: 'cause',
  actor: { server: 'north', incarnation: 1, user: 'alice', session: 'a1' },
  event: {
    type: 'MessagePosted',
    data: { room: 'lobby', user: 'alice', session: 'a1' },
    text: 'x',
  },
};

await test('what a fold reads of records gives the state that all of them gives', async () => {
  fc.assert(
    fc.property(arbitraryLog, (records) => {
      const [light, whole] = [emptyChat(), emptyChat()];
      for (const stored of records.map(asStored)) {
        const recorded = foldRecord(stored);
        if (recorded !== undefined) evolveWholeChat(light, recorded);
        evolveWholeChat(whole, decodeRecord(stored));
      }
      deepStrictEqual(canonicalJson(stateOf(light)), canonicalJson(stateOf(whole)));
    }),
  );
});

await test('a type is found where this program writes it, and looked for elsewhere', async (t) => {
  const written = asStored(message);
  t.equal(peekType(written), 'MessagePosted');
  const meta = JSON.parse(Buffer.from(written.meta).toString()) as object;
  const turned = Buffer.from(JSON.stringify(Object.fromEntries(Object.entries(meta).toReversed())));
  t.equal(peekType({ ...written, meta: turned }), undefined);
  t.equal(foldRecord({ ...written, meta: turned })?.event.type, 'MessagePosted');
});

await test('metadata that are none are refused', async (t) => {
  t.throws(() => foldRecord({ ...asStored(message), meta: Buffer.from('{}') }), CorruptRecord);
});

/** As a store would keep it: in the stream of its room, if it has one. */
function asStored(recorded: Recorded): StoredRecord {
  const { partition, position, revision, at, id, actor, cause, event } = recorded;
  const isOfRoom = ['RoomJoined', 'RoomLeft', 'MessagePosted'].includes(event.type);
  const stream = isOfRoom && 'room' in event.data ? `room:${event.data.room}` : recorded.stream;
  const { meta, body } = encodeEvent({ id, actor, cause, event });
  return { partition, position, stream, revision, at, meta, ...(body && { body }) };
}
