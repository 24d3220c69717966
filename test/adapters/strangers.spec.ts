import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'tap';
import {
  type Peer,
  Strangers,
  strangersMax,
  strangersPerAddressMax,
  turnedAwayPerAddressMax,
} from '../../adapters/strangers.ts';

await test('strangers are counted by address, and all together', (t) => {
  const strangers = new Strangers();
  for (let number = 0; number < strangersMax; number++)
    deepStrictEqual(strangers.meet(peer(number)), 'letIn');
  deepStrictEqual(strangers.meet(peer(strangersMax)), 'cutOff');
  strangers.forget(peer(7));
  strangers.forget(peer(7));
  deepStrictEqual(strangers.meet(peer(strangersMax)), 'letIn');
  deepStrictEqual(strangers.meet(peer(strangersMax + 1)), 'cutOff');
  t.end();
});

await test('so many past the limit of an address are turned away at once, and count apart', (t) => {
  const strangers = new Strangers();
  const meet = (remotePort: number) => strangers.meet({ remoteAddress: '10.0.0.1', remotePort });
  const letIn = strangersPerAddressMax;
  for (let port = 1; port <= letIn; port++) deepStrictEqual(meet(port), 'letIn');
  for (let port = 1; port <= turnedAwayPerAddressMax; port++)
    deepStrictEqual(meet(letIn + port), 'turnedAway');
  const last = { remoteAddress: '10.0.0.1', remotePort: letIn + turnedAwayPerAddressMax };
  deepStrictEqual(meet(last.remotePort + 1), 'cutOff');
  deepStrictEqual(strangers.isTurnedAway(last), true);
  strangers.forget(last);
  deepStrictEqual(strangers.isTurnedAway(last), false);
  deepStrictEqual(meet(last.remotePort + 1), 'turnedAway');
  strangers.forget({ remoteAddress: '10.0.0.1', remotePort: 1 });
  deepStrictEqual(meet(1), 'letIn');
  t.end();
});

function peer(number: number): Peer {
  const remotePort = 1_024 + (number % 100);
  return { remoteAddress: `10.0.${Math.floor(number / 100)}.1`, remotePort };
}
