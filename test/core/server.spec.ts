import {
  decideServer,
  evolveServer,
  initialServer,
  type ServerCommand,
  type ServerEvent,
} from '../../core/server.ts';
import { givenOf, rule } from '../support/given.ts';

const given = givenOf({ initial: initialServer, evolve: evolveServer, decide: decideServer });

const server = 'north';
const start: ServerCommand = { type: 'StartServer', server };
const stop = (incarnation: number): ServerCommand => ({ type: 'StopServer', server, incarnation });
const declareLost = (incarnation: number): ServerCommand => ({
  type: 'DeclareLost',
  server,
  incarnation,
});
const event =
  (type: ServerEvent['type']) =>
  (incarnation: number): ServerEvent => ({ type, data: { server, incarnation } });
const started = event('ServerStarted');
const stopped = event('ServerStopped');
const lost = event('ServerLost');

rule('a server’s first incarnation is 1', () => given().when(start).then(started(1)));
rule('a server that browsers reach says where, each time it starts', () =>
  given(started(1), stopped(1))
    .when({ ...start, web: 'https://north.example:8443' })
    .then({
      type: 'ServerStarted',
      data: { server, incarnation: 3, web: 'https://north.example:8443' },
    }),
);
rule('an incarnation is the revision of the event that starts it', () =>
  given(started(1), stopped(1)).when(start).then(started(3)),
);
rule('a lost server starts again under its name', () =>
  given(started(1), stopped(1), started(3), lost(3)).when(start).then(started(5)),
);
rule('a second server of a running one’s name is refused', () =>
  given(started(1)).when(start).thenRejected('ServerRunning', server),
);

for (const [what, command, ended] of [
  ['stops', stop, stopped],
  ['is declared lost', declareLost, lost],
] as const) {
  rule(`a running server ${what}`, () => given(started(1)).when(command(1)).then(ended(1)));
  rule(`a server that never ran ${what} without an event`, () =>
    given().when(command(1)).thenNothing(),
  );
  rule(`a server that has stopped ${what} without an event`, () =>
    given(started(1), stopped(1)).when(command(1)).thenNothing(),
  );
  rule(`a server that was lost ${what} without an event`, () =>
    given(started(1), lost(1)).when(command(1)).thenNothing(),
  );
  rule(`an incarnation before the running one ${what} without an event`, () =>
    given(started(1), lost(1), started(3)).when(command(1)).thenNothing(),
  );
  rule(`an incarnation after the running one ${what} without an event`, () =>
    given(started(1)).when(command(3)).thenNothing(),
  );
}

rule('without events there is no server', () => given().gives({ status: 'none', revision: 0 }));
rule('a started server runs', () =>
  given(started(1)).gives({ status: 'running', incarnation: 1, revision: 1 }),
);
rule('a stopped server has ended', () =>
  given(started(1), stopped(1)).gives({ status: 'ended', incarnation: 1, revision: 2 }),
);
rule('a lost server has ended', () =>
  given(started(1), lost(1)).gives({ status: 'ended', incarnation: 1, revision: 2 }),
);
rule('a server that came back runs as its new incarnation', () =>
  given(started(1), lost(1), started(3)).gives({ status: 'running', incarnation: 3, revision: 3 }),
);
