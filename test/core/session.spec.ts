import { deepStrictEqual } from 'node:assert/strict';
import {
  decideSession,
  endWithServer,
  evolveSession,
  initialSession,
  type Session,
  type SessionCommand,
  type SessionEnd,
  type SessionEvent,
  type SessionOpened,
} from '../../core/session.ts';
import { givenOf, rule } from '../support/given.ts';

const given = givenOf({ initial: initialSession, evolve: evolveSession, decide: decideSession });

const user = 'alice';
const first = { user, session: 's1', server: 'north', incarnation: 3 };
const second = { user, session: 's2', server: 'south', incarnation: 1 };
const opened = (data: SessionOpened['data']): SessionEvent => ({ type: 'SessionOpened', data });
const closed = (session: string, reason: SessionEnd): SessionEvent => ({
  type: 'SessionClosed',
  data: { user, session, reason },
});
const open = (data: typeof first, takeover = false): SessionCommand => ({
  type: 'OpenSession',
  takeover,
  ...data,
});
const close = (session: string, reason: SessionEnd): SessionCommand => ({
  type: 'CloseSession',
  user,
  session,
  reason,
});
const closeAny = (reason: SessionEnd): SessionCommand => ({
  type: 'CloseAnySession',
  user,
  reason,
});
const reasons = [
  'logout',
  'disconnected',
  'takenOver',
  'expired',
  'suspended',
  'passwordReset',
] as const;

rule('a user without a session opens one', () => given().when(open(first)).then(opened(first)));
rule('a user with a session on another server is refused a second', () =>
  given(opened(first)).when(open(second)).thenRejected('AlreadyLoggedIn', user),
);
rule('a user with a session on the same server is refused a second', () =>
  given(opened(first))
    .when(open({ ...first, session: 's2' }))
    .thenRejected('AlreadyLoggedIn', user),
);
for (const reason of reasons)
  rule(`a user whose session was closed (${reason}) opens a new one`, () =>
    given(opened(first), closed('s1', reason)).when(open(second)).then(opened(second)),
  );
rule('a takeover closes the open session, then opens its own', () =>
  given(opened(first)).when(open(second, true)).then(closed('s1', 'takenOver'), opened(second)),
);
rule('a takeover of nothing just opens', () => given().when(open(first, true)).then(opened(first)));

const web = { ...first, resume: 'hash' };
const detached: SessionEvent = {
  type: 'SessionDetached',
  data: { user, session: 's1', resume: 'hash' },
};
const resume = (data: typeof web): SessionCommand => ({ type: 'ResumeSession', ...data });
const resumed = (data: typeof web): SessionEvent => ({ type: 'SessionResumed', data });
const detach = (data: typeof first): SessionCommand => ({ type: 'DetachSession', ...data });
const elsewhere = { ...web, server: 'south', incarnation: 7 };

rule('a session that can be resumed is detached when its connection is lost', () =>
  given(opened(web)).when(detach(first)).then(detached),
);
rule('a session that cannot be resumed is not detached', () =>
  given(opened(first)).when(detach(first)).thenNothing(),
);
rule('whoever no longer holds a session does not detach it', () => {
  given(opened(web), resumed(elsewhere)).when(detach(first)).thenNothing();
  given(opened(web), detached).when(detach(first)).thenNothing();
  given(opened(web), closed('s1', 'logout')).when(detach(first)).thenNothing();
  given(opened({ ...web, session: 's2' }))
    .when(detach(first))
    .thenNothing();
});
rule('a detached session is resumed, on any server', () =>
  given(opened(web), detached).when(resume(elsewhere)).then(resumed(elsewhere)),
);
rule('a session is resumed also where nobody has noticed yet that its connection is lost', () =>
  given(opened(web)).when(resume(elsewhere)).then(resumed(elsewhere)),
);
rule('a session that was resumed can be detached and resumed again', () =>
  given(opened(web), detached, resumed(elsewhere), detached).when(resume(web)).then(resumed(web)),
);
rule('a session is not resumed with another secret', () => {
  for (const past of [[opened(web)], [opened(web), detached], [opened(first)]])
    given(...past)
      .when(resume({ ...elsewhere, resume: 'other' }))
      .thenRejected('SessionOver', user);
});
rule('a session that is open is given another secret, and the one before is void', () => {
  const renewed = { ...web, resume: 'next' };
  given(opened(web))
    .when({ type: 'RenewSession', ...renewed })
    .then(resumed(renewed));
  given(opened(web), resumed(renewed)).when(resume(elsewhere)).thenRejected('SessionOver', user);
});
rule('a session that is not open is given none', () => {
  const renew = { type: 'RenewSession', ...web, resume: 'next' } as const;
  given(opened(web), detached).when(renew).thenRejected('SessionOver', user);
  given(opened(second)).when(renew).thenRejected('SessionOver', user);
});
rule('a session that is over, or was replaced, is not resumed', () => {
  for (const past of [
    [],
    [opened(web), closed('s1', 'expired')],
    [opened(web), closed('s1', 'takenOver'), opened(second)],
  ])
    given(...past)
      .when(resume(elsewhere))
      .thenRejected('SessionOver', user);
});
rule('a login replaces a detached session without asking', () =>
  given(opened(web), detached).when(open(second)).then(closed('s1', 'takenOver'), opened(second)),
);
rule('a detached session is closed when its time is over', () =>
  given(opened(web), detached).when(close('s1', 'expired')).then(closed('s1', 'expired')),
);
rule('a server’s end detaches a session that can be resumed', () => {
  const state = evolveSession(initialSession, opened(web));
  deepStrictEqual(endWithServer(state, 'north', 3), { status: 'detached', ...detached.data });
  deepStrictEqual(endWithServer(state, 'north', 2), state);
});

for (const reason of reasons)
  rule(`an open session closes, and the event says why: ${reason}`, () =>
    given(opened(first)).when(close('s1', reason)).then(closed('s1', reason)),
  );
rule('a closed session is not closed again', () =>
  given(opened(first), closed('s1', 'logout')).when(close('s1', 'disconnected')).thenNothing(),
);
rule('a session that was taken over does not close the one that took it', () =>
  given(opened(first), closed('s1', 'takenOver'), opened(second))
    .when(close('s1', 'disconnected'))
    .thenNothing(),
);
rule('a user who has no session has none to close', () =>
  given().when(close('s1', 'logout')).thenNothing(),
);
rule('whatever session is open can be closed without knowing it', () =>
  given(opened(second)).when(closeAny('suspended')).then(closed('s2', 'suspended')),
);
rule('without an open session there is none to close', () =>
  given(opened(first), closed('s1', 'logout')).when(closeAny('suspended')).thenNothing(),
);

rule('without events a user has no session', () => given().gives({ status: 'closed' }));
rule('an opened session is open on its server’s incarnation', () =>
  given(opened(first)).gives({ status: 'open', ...first }),
);
rule('a closed session is closed', () =>
  given(opened(first), closed('s1', 'expired')).gives({ status: 'closed' }),
);
rule('after a takeover the new session is open', () =>
  given(opened(first), closed('s1', 'takenOver'), opened(second)).gives({
    status: 'open',
    ...second,
  }),
);
rule('the late end of a former session leaves the present one open', () =>
  given(opened(first), opened(second), closed('s1', 'disconnected')).gives({
    status: 'open',
    ...second,
  }),
);
rule('the end of a session that never was changes nothing', () =>
  given(closed('s1', 'logout')).gives({ status: 'closed' }),
);

const here: Session = { status: 'open', ...first };
const endsWith = (server: string, incarnation: number): Session =>
  endWithServer(here, server, incarnation);
rule('a session ends with its server’s incarnation', () =>
  deepStrictEqual(endsWith('north', 3), initialSession),
);
rule('a session of an earlier incarnation has ended too', () =>
  deepStrictEqual(endsWith('north', 4), initialSession),
);
rule('a session outlives the end of an incarnation before its own', () =>
  deepStrictEqual(endsWith('north', 2), here),
);
rule('a session outlives the end of another server', () =>
  deepStrictEqual(endsWith('south', 3), here),
);
rule('a user without a session has none after a server’s end either', () =>
  deepStrictEqual(endWithServer(initialSession, 'north', 3), initialSession),
);
rule('a user whose server has ended logs in again', () =>
  deepStrictEqual(decideSession(open(second), endsWith('north', 3)), [opened(second)]),
);
