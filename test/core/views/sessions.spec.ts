import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import type { ChatEvent } from '../../../core/event.ts';
import type { Recorded } from '../../../core/event-store.ts';
import type { SessionOpened } from '../../../core/session.ts';
import {
  emptySessions,
  evolveSessions,
  type OpenSession,
  sessionsOf,
  type SessionsView,
} from '../../../core/views/sessions.ts';
import { rule } from '../../support/given.ts';
import { arbitraryLog, recordOf } from '../arbitrary-events.ts';

const opened = (
  session: string,
  user: string,
  server = 'north',
  incarnation = 1,
): SessionOpened => ({
  type: 'SessionOpened',
  data: { user, session, server, incarnation },
});
const closed = (session: string, user: string): ChatEvent => ({
  type: 'SessionClosed',
  data: { user, session, reason: 'logout' },
});
const ended = (
  type: 'ServerStopped' | 'ServerLost',
  server: string,
  incarnation: number,
): ChatEvent => ({
  type,
  data: { server, incarnation },
});

const fold = (records: readonly Recorded[]): SessionsView => {
  let view = emptySessions();
  for (const recorded of records) view = evolveSessions(view, recorded);
  return view;
};
const record = (event: ChatEvent, index: number): Recorded => recordOf(event, 0, index + 1);
/** Who is online after these events of one partition, `user session`, in the order of users. */
const online = (...events: ChatEvent[]): string[] => shown(fold(events.map(record)));
const shown = (view: SessionsView): string[] =>
  [...view.byUser.values()].map(({ user, session }) => `${user} ${session}`).toSorted();

rule('whoever opened a session is online', () =>
  deepStrictEqual(online(opened('a1', 'alice'), opened('b1', 'bob')), ['alice a1', 'bob b1']),
);
rule('whoever closed their session is not', () =>
  deepStrictEqual(online(opened('a1', 'alice'), opened('b1', 'bob'), closed('a1', 'alice')), [
    'bob b1',
  ]),
);
rule('after a takeover the new session alone is open', () => {
  const view = fold(
    [opened('a1', 'alice'), closed('a1', 'alice'), opened('a2', 'alice', 'south')].map(record),
  );
  deepStrictEqual([...view.bySession.keys()], ['a2']);
  deepStrictEqual(view.byUser.get('alice')?.server, 'south');
});
rule('the late end of a former session leaves the present one', () =>
  deepStrictEqual(online(opened('a1', 'alice'), opened('a2', 'alice'), closed('a1', 'alice')), [
    'alice a2',
  ]),
);
rule('a session’s entry tells where and since when it is open', () => {
  const recorded = recordOf(opened('a1', 'alice', 'south', 7), 2, 9);
  const expected: OpenSession = {
    ...recorded.event.data,
    partition: 2,
    since: recorded.at,
    revision: recorded.revision,
    cause: recorded.cause,
    isDetached: false,
  };
  deepStrictEqual(fold([recorded]).byUser.get('alice'), expected);
});

for (const type of ['ServerStopped', 'ServerLost'] as const) {
  rule(`${type} ends the sessions of its incarnation and of those before it`, () =>
    deepStrictEqual(
      online(
        opened('a1', 'alice', 'north', 1),
        opened('b1', 'bob', 'north', 3),
        ended(type, 'north', 3),
      ),
      [],
    ),
  );
  rule(`${type} leaves the sessions of a later incarnation and of other servers`, () =>
    deepStrictEqual(
      online(
        opened('a1', 'alice', 'north', 3),
        opened('b1', 'bob', 'south', 1),
        ended(type, 'north', 1),
      ),
      ['alice a1', 'bob b1'],
    ),
  );
  rule(`${type} ends the sessions of its partition alone`, () => {
    const logins = [recordOf(opened('a1', 'alice'), 0), recordOf(opened('b1', 'bob'), 1)];
    deepStrictEqual(shown(fold([...logins, recordOf(ended(type, 'north', 1), 1)])), ['alice a1']);
  });
}
rule('the sessions that end with a server are told in the order of their ids', () => {
  const view = fold(
    ['s9', 's10', 'z', 'a', 'Z'].map((session) => opened(session, `user-${session}`)).map(record),
  );
  const order = sessionsOf(view, { server: 'north', incarnation: 1 }, 0).map(
    ({ session }) => session,
  );
  deepStrictEqual(order, ['Z', 'a', 's10', 's9', 'z']);
});

/** The same by a list that is searched. */
function searched(records: readonly Recorded[]): OpenSession[] {
  let open: OpenSession[] = [];
  for (const { event, partition, at: since, revision, cause } of records) {
    const { type, data } = event;
    if (type === 'SessionOpened')
      open = [
        ...open.filter(({ user }) => user !== data.user),
        { ...data, partition, since, revision, cause, isDetached: false },
      ];
    if (type === 'SessionDetached')
      open = open.map((one) =>
        one.session === data.session ? { ...one, revision, isDetached: true } : one,
      );
    if (type === 'SessionResumed') {
      const before = open.find(({ session }) => session === data.session);
      open = open.filter(({ user, session }) => user !== data.user && session !== data.session);
      const from = before ?? { partition, since, cause };
      open = [...open, { ...from, ...data, revision, isDetached: false }];
    }
    if (type === 'SessionClosed') open = open.filter(({ session }) => session !== data.session);
    if (type === 'ServerStopped' || type === 'ServerLost')
      open = open.flatMap((one) => {
        const isHeld =
          one.partition === partition &&
          one.server === data.server &&
          one.incarnation <= data.incarnation;
        if (!isHeld || one.isDetached) return [one];
        return one.resume === undefined ? [] : [{ ...one, isDetached: true }];
      });
  }
  return open;
}

rule('the open sessions are those that a search of the log finds', () =>
  fc.assert(
    fc.property(arbitraryLog, (log) => {
      const view = fold(log);
      const open = searched(log);
      deepStrictEqual(view.byUser, new Map(open.map((one) => [one.user, one])));
      deepStrictEqual(view.bySession, new Map(open.map((one) => [one.session, one])));
    }),
  ),
);
rule('the open sessions do not depend on how partitions take turns', () =>
  fc.assert(
    fc.property(arbitraryLog, (log) => {
      const byPartition = log.toSorted((one, other) => one.partition - other.partition);
      deepStrictEqual(fold(byPartition), fold(log));
    }),
  ),
);
