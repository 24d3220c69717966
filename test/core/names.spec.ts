import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { lobby, parseRoomName, parseUserName } from '../../core/names.ts';
import { rule } from '../support/given.ts';
import { always } from '../support/always.ts';

const userNames = (typed: readonly string[], expected: (typed: string) => string | undefined) =>
  deepStrictEqual(typed.map(parseUserName), typed.map(expected));
const rooms = (...typed: string[]): (string | undefined)[] =>
  typed.map((name) => parseRoomName(name)?.canonical);
const refused = (names: readonly string[]): void =>
  deepStrictEqual(
    names.filter((name) => parseRoomName(name) !== undefined),
    [],
  );
/** Every code point but the halves of surrogate pairs. */
function* everyCharacter(): Generator<string> {
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++)
    if (codePoint < 0xd800 || codePoint > 0xdfff) yield String.fromCodePoint(codePoint);
}
const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index));
const words = (...lines: string[]): string[] => lines.flatMap((line) => line.split(' '));
const reserved = words('Server server SERVER sErVeR Subbed subbed SUBBED DM dm Dm dM');

rule('a user’s name is kept in lower case, however it is typed', () =>
  userNames(['alice', 'Alice', 'ALICE', 'aLiCe'], () => 'alice'),
);
rule('a user’s name has letters, digits, _ and -', () =>
  userNames(['a-b_c9', '42', '--', '__'], (name) => name),
);
rule('a user’s name has 2 to 32 characters', () => {
  userNames(['ab', 'a'.repeat(32)], (name) => name);
  userNames(['', 'a', 'a'.repeat(33)], () => undefined);
});
rule('of all characters only A-Z, a-z, 0-9, _ and - can stand in a user’s name', () => {
  const accepted = [...everyCharacter()].filter(
    (character) => parseUserName(`a${character}b`) !== undefined,
  );
  deepStrictEqual(
    accepted.join(''),
    '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz',
  );
});
rule('what stands around a user’s name is not overlooked', () =>
  userNames([' alice', 'alice ', 'alice\n', '\nalice', 'alice\r', 'ali ce'], () => undefined),
);
rule('a user cannot speak in the server’s voice', () => userNames(reserved, () => undefined));
rule('a user’s name may contain a reserved one', () =>
  userNames(['server1', 'dms', 'my-server', 'subbed_'], (name) => name),
);

rule('a room’s name is shown as written and compared without case', () =>
  deepStrictEqual(parseRoomName('IITKGP'), { canonical: 'iitkgp', shown: 'IITKGP' }),
);
rule('a room’s name can be of any script', () => {
  const names = words(
    'lobby Λόμπι лобби նախասրահ ლობი לובי بهو मंडप লবি ลานกว้าง ᥣᥝᥰ အခန်း ອາຄານ སྒོ አዳራሽ ᏣᎳᎩ ᐃᓄᒃ',
    '大厅 ロビー 로비 ߒߞߏ 𐐔𐐇𐐝',
  );
  deepStrictEqual(
    names.filter((name) => parseRoomName(name)?.shown !== name.normalize('NFC')),
    [],
  );
});
rule('a room’s name has letters, marks, digits and _ - .', () =>
  deepStrictEqual(rooms('v1.2-rc_3', '٣٤', '१२', 'e\u0301', '.'), [
    'v1.2-rc_3',
    '٣٤',
    '१२',
    'é',
    '.',
  ]),
);
rule('a room’s name has nothing else', () => {
  refused(words('a:b a/b a,b [a] a] #a @a a! a+b ½ Ⅷ ² € 🙂'));
  refused(['a b', 'a\tb', 'a\nb', 'a\n', '\na', ' a', '']);
});
rule('a room’s name has 1 to 50 code points', () => {
  deepStrictEqual(rooms('x', 'x'.repeat(50), '𠀀'.repeat(50)), [
    'x',
    'x'.repeat(50),
    '𠀀'.repeat(50),
  ]);
  refused(['', 'x'.repeat(51), '𠀀'.repeat(51)]);
});
rule('a room’s name is measured as it is kept, composed', () => {
  deepStrictEqual(rooms('e\u0301'.repeat(50)), ['é'.repeat(50)]);
  refused(['e\u0301'.repeat(51)]);
});
rule('a room’s name is one, composed or decomposed', () =>
  deepStrictEqual(parseRoomName('cafe\u0301'), { canonical: 'café', shown: 'café' }),
);
rule('a room’s name is not normalised beyond its meaning', () =>
  deepStrictEqual(rooms('ｌｏｂｂｙ'), ['ｌｏｂｂｙ']),
);
rule('one room whatever the case, in every script that has case', () => {
  const pairs = words(
    'IITKGP=iitkgp ÅNGSTRÖM=ångström ЛОББИ=лобби ՆԱԽԱ=նախա ᏣᎳᎩ=ꮳꮃꭹ 𐐔𐐇=𐐼𐐯 STRASSE=straße STRAẞE=straße',
    'ΟΔΟΣ=οδος ΟΔΟΣ=οδοσ ΟΔΟΣ.Α=οδος.α \u2126=ω \u212a=k \u00b5=Μ \u017f=S \u0130=i\u0307 \ufb03=FFI',
  ).map((pair) => pair.split('='));
  const wrong = pairs.filter(([one = '', other = '']) => {
    const [first, second] = rooms(one, other);
    return first === undefined || first !== second;
  });
  deepStrictEqual(wrong, []);
});
rule('a letter with an accent is another letter', () =>
  deepStrictEqual(rooms('résumé', 'resume', 'ё', 'е'), ['résumé', 'resume', 'ё', 'е']),
);
rule('no character makes two rooms by its case, and every canonical form is its own', () => {
  const wrong = [...everyCharacter()].filter((character) => {
    const room = parseRoomName(`a${character}b`);
    if (room === undefined) return false;
    const { canonical, shown } = room;
    const same = rooms(shown.toUpperCase(), shown.toLowerCase(), canonical);
    return same.some((form) => form !== canonical);
  });
  deepStrictEqual(wrong, []);
});
rule('no name makes two rooms by its case or its composition', async (t) => {
  const unit = fc.constantFrom(
    ...Array.from('aIiıİßẞſσςΣΐŉǰﬀᾳΆ\u0301\u0307\u0345\u0308.-_9की가Ꮳꮳ𐐔𐐼'),
  );
  await always(
    t,
    'anyInputs',
    fc.property(fc.string({ unit, minLength: 1, maxLength: 12 }), (typed) => {
      const canonical = parseRoomName(typed)?.canonical;
      const parted = typed.normalize('NFD');
      const forms = [typed.normalize('NFC'), parted, parted.toUpperCase(), parted.toLowerCase()];
      if (canonical !== undefined) forms.push(canonical);
      for (const form of forms) deepStrictEqual(rooms(form), [canonical]);
    }),
  );
});
rule('a room cannot bear a name in which the server speaks', () => {
  refused(reserved);
  refused(['\u017ferver', '\u017fubbed']);
});
rule('a room’s name may contain a reserved one', () =>
  deepStrictEqual(rooms('server-room', 'Serverless', 'dm.'), ['server-room', 'serverless', 'dm.']),
);
rule('bidirectional controls are refused in a room’s name', () =>
  refused(
    [...range(0x202a, 0x202e), ...range(0x2066, 0x2069), '\u200e', '\u200f', '\u061c'].flatMap(
      (control) => [`a${control}b`, control, `${control}a`, `a${control}`],
    ),
  ),
);
rule('characters that no font shows are refused in a room’s name', () => {
  // Default_Ignorable_Code_Point of DerivedCoreProperties.txt, Unicode 15.
  const ignorable = words(
    'ad 34f 61c 115f-1160 17b4-17b5 180b-180f 200b-200f 202a-202e 2060-206f 3164 fe00-fe0f feff',
    'ffa0 fff0-fff8 1bca0-1bca3 1d173-1d17a e0000-e0fff',
  ).map((span) => span.split('-').map((end) => Number.parseInt(end, 16)));
  refused(
    ignorable
      .flatMap(([from = 0, to = from]) => range(from, to))
      .map((character) => `a${character}b`),
  );
});
rule('control characters are refused in a room’s name', () =>
  refused([...range(0, 0x1f), ...range(0x7f, 0x9f)].map((control) => `a${control}b`)),
);
rule('a colon, which parts the names of streams, is in nobody’s name', () => {
  userNames(['a:b'], () => undefined);
  refused(['a:b', ':', 'a：b']);
});
rule('half a surrogate pair is in no room’s name', () => refused(['a\ud83d', '\ude00b', '\ud800']));
rule('the lobby’s name is a room’s name', () => deepStrictEqual(parseRoomName(lobby.shown), lobby));
