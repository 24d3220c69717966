import {
  decideDirect,
  type DirectCommand,
  type DirectEvent,
  evolveDirect,
  initialConversation,
} from '../../core/direct.ts';
import { givenOf, rule } from '../support/given.ts';

const given = givenOf({ initial: initialConversation, evolve: evolveDirect, decide: decideDirect });

const post = (from: string, to: string, known = true): DirectCommand => ({
  type: 'PostDirectMessage',
  from,
  to,
  known,
  text: 'hello',
});
const posted = (from: string, to: string): DirectEvent => ({
  type: 'DirectMessagePosted',
  data: { from, to },
  text: 'hello',
});
const mark = (
  reader: string,
  peer: string,
  through: number,
): Extract<DirectCommand, { type: 'MarkRead' }> => ({
  type: 'MarkRead',
  reader,
  peer,
  through,
});
const marked = (reader: string, peer: string, through: number): DirectEvent => ({
  type: 'ReadMarked',
  data: { reader, peer, through },
});

rule('a direct message is posted', () =>
  given().when(post('alice', 'bob')).then(posted('alice', 'bob')),
);
rule('an answer is posted', () =>
  given(posted('alice', 'bob')).when(post('bob', 'alice')).then(posted('bob', 'alice')),
);
rule('the same message twice is two messages', () =>
  given(posted('alice', 'bob')).when(post('alice', 'bob')).then(posted('alice', 'bob')),
);
rule('nobody messages themselves', () =>
  given().when(post('alice', 'alice')).thenRejected('CannotMessageSelf', 'alice'),
);
rule('nobody messages a name that is no account', () =>
  given()
    .when(post('alice', 'ghost', false))
    .thenRejected('NoSuchUser', 'ghost'),
);

rule('what was shown is marked as read', () =>
  given(posted('alice', 'bob'))
    .when(mark('bob', 'alice', 4))
    .then(marked('bob', 'alice', 4)),
);
rule('more that was shown is marked as read', () =>
  given(marked('bob', 'alice', 4))
    .when(mark('bob', 'alice', 5))
    .then(marked('bob', 'alice', 5)),
);
rule('what is marked as read is so already', () =>
  given(marked('bob', 'alice', 4))
    .when(mark('bob', 'alice', 4))
    .thenNothing(),
);
rule('a mark before the last one changes nothing', () =>
  given(marked('bob', 'alice', 4))
    .when(mark('bob', 'alice', 3))
    .thenNothing(),
);
rule('nothing shown is nothing to mark', () =>
  given()
    .when(mark('bob', 'alice', 0))
    .thenNothing(),
);
rule('one’s mark is not the other’s', () =>
  given(marked('bob', 'alice', 9))
    .when(mark('alice', 'bob', 1))
    .then(marked('alice', 'bob', 1)),
);

const through4 = { reader: 'bob', peer: 'alice', through: 4 } as const;
rule('what has come to a client that says itself what is read is marked as delivered', () =>
  given()
    .when({ ...mark('bob', 'alice', 4), delivered: true })
    .then({ type: 'ReadMarked', data: { ...through4, delivered: true } }),
);
rule('how far a conversation was read tells nothing of what was shown', () =>
  given({ type: 'ConversationRead', data: through4 }).gives({ readThrough: new Map() }),
);

rule('without events nobody has read anything', () => given().gives({ readThrough: new Map() }));
rule('messages mark nothing as read', () =>
  given(posted('alice', 'bob'), posted('bob', 'alice')).gives({ readThrough: new Map() }),
);
rule('each reader has a mark of their own', () =>
  given(marked('bob', 'alice', 4), marked('alice', 'bob', 2)).gives({
    readThrough: new Map([
      ['bob', 4],
      ['alice', 2],
    ]),
  }),
);
rule('the furthest mark counts, in whatever order the marks were stored', () =>
  given(marked('bob', 'alice', 4), marked('bob', 'alice', 2)).gives({
    readThrough: new Map([['bob', 4]]),
  }),
);
