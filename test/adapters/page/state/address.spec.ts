import { test } from 'tap';

import { addressOf, placeAt } from '../../../../adapters/page/state/address.ts';
import type { Place } from '../../../../adapters/page/state/page-state.ts';
import { directKey, roomKey } from '../../../../adapters/page/state/talk.ts';

const room = (name: string): Place => ({ kind: 'talk', key: roomKey(name) });

await test('each place has an address, which leads to it again', (t) => {
  const bob: Place = { kind: 'talk', key: directKey('bob') };
  for (const [place, address] of [
    [{ kind: 'nothing' }, ''],
    [{ kind: 'followed' }, '#/following'],
    [room('berlin'), '#berlin'],
    [room('größe'), '#gr%C3%B6%C3%9Fe'],
    [room('following'), '#following'],
    [bob, '#@bob'],
  ] as const) {
    t.equal(addressOf(place), address);
    t.strictSame(placeAt(address), place);
  }
  t.end();
});

await test('an address as somebody types it leads to the room, and one that is none to nothing', (t) => {
  t.strictSame(placeAt('#Größe'), room('größe'));
  t.strictSame(placeAt('#%E0%A4%A'), { kind: 'nothing' });
  t.strictSame(placeAt('#'), { kind: 'nothing' });
  t.end();
});

await test('the message that was looked for is not part of the address', (t) => {
  const at = { place: 7, asked: 1 };
  t.equal(addressOf({ kind: 'talk', key: roomKey('berlin'), at }), '#berlin');
  t.end();
});
