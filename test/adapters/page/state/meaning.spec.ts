import { test } from 'tap';

import { meantBy } from '../../../../adapters/page/state/meaning.ts';

await test('what begins with no slash is said, and two slashes say one', (t) => {
  t.strictSame(meantBy('either/or'), { kind: 'say', text: 'either/or' });
  t.strictSame(meantBy('//etc is a folder'), { kind: 'say', text: '/etc is a folder' });
  t.strictSame(meantBy('a line\n/join garden'), { kind: 'say', text: 'a line\n/join garden' });
  t.end();
});

await test('a room can be joined, and a person written to', (t) => {
  t.match(meantBy(' /join  Garden '), {
    kind: 'join',
    room: { canonical: 'garden', shown: 'Garden' },
  });
  t.strictSame(meantBy('/MSG Bob see you\nat four'), {
    kind: 'direct',
    peer: 'bob',
    text: 'see you\nat four',
  });
  t.end();
});

await test('what is no command, or lacks something, does nothing, and says what is wrong', (t) => {
  for (const [typed, words] of [
    ['/', 'There is no command / here.'],
    ['/sya hello', 'There is no command /sya here.'],
    ['/join', 'It is /join ROOM.'],
    ['/join two rooms', 'It is /join ROOM.'],
    ['/msg bob', 'It is /msg NAME TEXT.'],
    ['/msg b! hello', 'It is /msg NAME TEXT.'],
  ] as const)
    t.match(meantBy(typed), { kind: 'hint', words, isAsked: false }, typed);
  t.match(meantBy('/help'), { kind: 'hint', words: '/join ROOM', isAsked: true });
  t.end();
});
