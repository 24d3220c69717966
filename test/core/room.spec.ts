import {
  decideRoom,
  evolveRoom,
  initialRoom,
  type Member,
  type Room,
  type RoomCommand,
  type RoomEvent,
} from '../../core/room.ts';
import { givenOf, rule } from '../support/given.ts';

const given = givenOf({ initial: initialRoom, evolve: evolveRoom, decide: decideRoom });

const room = 'iitkgp';
interface Visit extends Member {
  readonly name: string;
  readonly session: string;
}
const alice = { name: 'IITKGP', user: 'alice', session: 'a1', server: 'north', incarnation: 3 };
const aliceToo = { ...alice, session: 'a2', server: 'south', incarnation: 1 };
const bob = { name: 'iitkgp', user: 'bob', session: 'b1', server: 'south', incarnation: 1 };

const join = (visit: Visit): RoomCommand => ({ type: 'JoinRoom', room, ...visit });
const joined = (visit: Visit): RoomEvent => ({ type: 'RoomJoined', data: { room, ...visit } });
const leave = ({ user, session }: Visit): RoomCommand => ({
  type: 'LeaveRoom',
  room,
  user,
  session,
});
const left = ({ user, session }: Visit): RoomEvent => ({
  type: 'RoomLeft',
  data: { room, user, session },
});
const post = ({ user, session }: Visit, text: string): RoomCommand => ({
  type: 'PostMessage',
  room,
  user,
  session,
  text,
});
const posted = ({ user, session }: Visit, text: string): RoomEvent => ({
  type: 'MessagePosted',
  data: { room, user, session },
  text,
});
const occupied = (name: string, ...visits: Visit[]): Room => ({
  status: 'occupied',
  name,
  members: new Map(
    visits.map(({ session, user, server, incarnation }) => [
      session,
      { user, server, incarnation },
    ]),
  ),
});

rule('an empty room is joined', () => given().when(join(alice)).then(joined(alice)));
rule('an occupied room is joined', () => given(joined(alice)).when(join(bob)).then(joined(bob)));
rule('a member has joined already', () => given(joined(alice)).when(join(alice)).thenNothing());
rule('a member has joined already, however the room’s name is written now', () =>
  given(joined(alice))
    .when(join({ ...alice, name: 'IitKgp' }))
    .thenNothing(),
);
rule('another session of a member joins for itself', () =>
  given(joined(alice)).when(join(aliceToo)).then(joined(aliceToo)),
);
rule('who has left joins again', () =>
  given(joined(alice), left(alice)).when(join(alice)).then(joined(alice)),
);

rule('a member leaves', () => given(joined(alice)).when(leave(alice)).then(left(alice)));
rule('who never was in the room cannot leave it', () =>
  given(joined(alice)).when(leave(bob)).thenNothing(),
);
rule('an empty room has nobody to leave it', () => given().when(leave(bob)).thenNothing());
rule('who has left does not leave again', () =>
  given(joined(alice), joined(bob), left(alice)).when(leave(alice)).thenNothing(),
);
rule('one session’s leaving is not another’s', () =>
  given(joined(alice)).when(leave(aliceToo)).thenNothing(),
);

rule('a member’s message is posted', () =>
  given(joined(alice)).when(post(alice, 'hello')).then(posted(alice, 'hello')),
);
rule('a message is posted as it stands', () =>
  given(joined(alice)).when(post(alice, ' ü\n\t ')).then(posted(alice, ' ü\n\t ')),
);
rule('who never joined may not post', () =>
  given(joined(alice)).when(post(bob, 'hello')).thenRejected('NotInRoom', room),
);
rule('nobody posts to an empty room', () =>
  given().when(post(alice, 'hello')).thenRejected('NotInRoom', room),
);
rule('who has left may not post', () =>
  given(joined(alice), joined(bob), left(alice))
    .when(post(alice, 'hello'))
    .thenRejected('NotInRoom', room),
);
rule('a session outside the room may not post, although its user is inside by another', () =>
  given(joined(alice)).when(post(aliceToo, 'hello')).thenRejected('NotInRoom', room),
);

rule('without events a room is empty', () => given().gives({ status: 'empty' }));
rule('members are kept by session', () =>
  given(joined(alice), joined(bob), joined(aliceToo)).gives(
    occupied('IITKGP', alice, bob, aliceToo),
  ),
);
rule('an occupied room is shown as its first member wrote it', () =>
  given(joined(bob), joined(alice)).gives(occupied('iitkgp', bob, alice)),
);
rule('an occupied room keeps its name when its first member leaves', () =>
  given(joined(alice), joined(bob), left(alice)).gives(occupied('IITKGP', bob)),
);
rule('a room that everybody left is empty', () =>
  given(joined(alice), joined(bob), left(alice), left(bob)).gives({ status: 'empty' }),
);
rule('an emptied room is named anew by who joins next', () =>
  given(joined(alice), left(alice), joined(bob)).gives(occupied('iitkgp', bob)),
);
rule('a user stays in the room while one of their sessions does', () =>
  given(joined(alice), joined(aliceToo), left(alice)).gives(occupied('IITKGP', aliceToo)),
);
rule('a stranger’s leaving changes nothing', () =>
  given(joined(alice), left(bob)).gives(occupied('IITKGP', alice)),
);
rule('messages change nobody’s membership', () =>
  given(joined(alice), posted(alice, 'hello'), posted(bob, 'hi')).gives(occupied('IITKGP', alice)),
);
