import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import type { ServerEvent } from '../../../core/server.ts';
import { evolveServers, liveWebAddresses, type ServersView } from '../../../core/views/servers.ts';
import { rule } from '../../support/given.ts';
import { arbitraryEvent, recordOf } from '../arbitrary-events.ts';

const event =
  (type: ServerEvent['type']) =>
  (server: string, incarnation: number): ServerEvent => ({ type, data: { server, incarnation } });
const started = event('ServerStarted');
const stopped = event('ServerStopped');
const lost = event('ServerLost');

const reachable = (server: string, incarnation: number, web: string): ServerEvent => ({
  type: 'ServerStarted',
  data: { server, incarnation, web },
});

function viewOf(...events: readonly ServerEvent[]): ServersView {
  let view: ServersView = new Map();
  for (const each of events) view = evolveServers(view, recordOf(each));
  return view;
}

const incarnations = (view: ServersView): Record<string, number> =>
  Object.fromEntries([...view].map(([server, { incarnation }]) => [server, incarnation]));

const running = (...events: readonly ServerEvent[]): Record<string, number> =>
  incarnations(viewOf(...events));

const webOf = (...events: readonly ServerEvent[]): readonly string[] =>
  liveWebAddresses(viewOf(...events));

rule('started servers run', () =>
  deepStrictEqual(running(started('north', 1), started('south', 5)), { north: 1, south: 5 }),
);
for (const ended of [stopped, lost]) {
  const { type } = ended('north', 1);
  rule(`${type} ends its incarnation`, () =>
    deepStrictEqual(running(started('north', 1), started('south', 1), ended('north', 1)), {
      south: 1,
    }),
  );
  rule(`${type} of an incarnation before leaves the present one running`, () =>
    deepStrictEqual(running(started('north', 1), started('north', 3), ended('north', 1)), {
      north: 3,
    }),
  );
  rule(`${type} of a server that is not known changes nothing`, () =>
    deepStrictEqual(running(started('north', 1), ended('south', 1)), { north: 1 }),
  );
}
rule('an end in another partition than the start ends nothing', () => {
  const view: ServersView = new Map();
  evolveServers(view, { ...recordOf(started('north', 1)), partition: 2 });
  evolveServers(view, { ...recordOf(lost('north', 1)), partition: 0 });
  deepStrictEqual(incarnations(view), { north: 1 });
  evolveServers(view, { ...recordOf(lost('north', 1)), partition: 2 });
  deepStrictEqual(incarnations(view), {});
});
rule('a server that came back runs as its new incarnation', () =>
  deepStrictEqual(running(started('north', 1), lost('north', 1), started('north', 3)), {
    north: 3,
  }),
);
rule('a server runs when nothing after its last start ended that incarnation', () =>
  fc.assert(
    fc.property(
      fc.array(arbitraryEvent('ServerStarted', 'ServerStopped', 'ServerLost'), { maxLength: 40 }),
      (events) => {
        const expected: Record<string, number> = {};
        for (const [index, { type, data }] of events.entries()) {
          const rest = events.slice(index + 1).filter((later) => later.data.server === data.server);
          const over = rest.some(
            (later) => later.type === 'ServerStarted' || later.data.incarnation >= data.incarnation,
          );
          if (type === 'ServerStarted' && !over) expected[data.server] = data.incarnation;
        }
        deepStrictEqual(running(...events), { ...expected });
      },
    ),
  ),
);

const [east, west] = ['https://east.example', 'https://west.example:8443'] as const;
rule('the web addresses of those that run are known, each once', () =>
  deepStrictEqual(
    webOf(reachable('w', 1, west), reachable('e', 1, east), reachable('also-e', 1, east)),
    [east, west],
  ),
);
rule('a server without a web address, as all once were, has none', () =>
  deepStrictEqual(webOf(started('north', 1), reachable('e', 1, east)), [east]),
);
rule('a web address is forgotten with its incarnation', () =>
  deepStrictEqual(
    webOf(
      reachable('e', 1, east),
      reachable('w', 1, west),
      reachable('n', 1, 'https://north.example'),
      lost('e', 1),
      stopped('w', 1),
      started('w', 3),
    ),
    ['https://north.example'],
  ),
);
