import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { parsePassword } from '../../core/password.ts';
import { rule } from '../support/given.ts';

const kept = (...typed: string[]): void => deepStrictEqual(typed.map(parsePassword), typed);
const refused = (typed: readonly string[]): void =>
  deepStrictEqual(
    typed.filter((password) => parsePassword(password) !== undefined),
    [],
  );
const around = (character: string): string[] => [
  `${character}password`,
  `pass${character}word`,
  `password${character}`,
];

rule('a password is kept as it is typed', () => kept('Pa55-w@rd', 'correct:horse', '~!"#$%&’()'));
rule('a password can be of any script', () =>
  kept('пароль123', 'パスワード一二三', 'गुप्तशब्द१२', '🙂🙃😀😁😂🤣😃😄'),
);
rule('a password has 8 to 128 characters', () => {
  kept('x'.repeat(8), 'x'.repeat(128), '🙂'.repeat(8), '🙂'.repeat(128));
  refused(['', 'x'.repeat(7), 'x'.repeat(129), '🙂'.repeat(7), '🙂'.repeat(129)]);
});
rule('a password is measured as it is kept, composed', () => {
  deepStrictEqual(parsePassword('e\u0301'.repeat(8)), 'é'.repeat(8));
  deepStrictEqual(parsePassword('e\u0301'.repeat(128)), 'é'.repeat(128));
  refused(['e\u0301'.repeat(7), 'e\u0301'.repeat(129)]);
});
rule('a password is one, composed or decomposed', () =>
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 8, maxLength: 40 }), (typed) => {
      const password = parsePassword(typed.normalize('NFC'));
      deepStrictEqual(parsePassword(typed.normalize('NFD')), password);
      if (password !== undefined) deepStrictEqual(parsePassword(password), password);
    }),
  ),
);
rule('a password is not normalised beyond its meaning', () => kept('ｐａｓｓｗｏｒｄ', 'ﬁﬁﬁﬁﬁﬁﬁﬁ'));
rule('a password’s case counts', () => kept('PASSWORD', 'password', 'PassWord'));
rule('spaces of no kind are in a password', () =>
  refused(
    Array.from(' \u00a0\u1680\u2000\u2003\u2009\u200a\u2028\u2029\u202f\u205f\u3000').flatMap(
      around,
    ),
  ),
);
rule('control characters are in no password', () =>
  refused(
    Array.from({ length: 0xa0 }, (_, unit) => String.fromCharCode(unit))
      .filter((character) => /\p{Cc}/u.test(character))
      .flatMap(around),
  ),
);
rule('characters that nothing shows are in no password', () =>
  refused(Array.from('\u00ad\u200b\u200e\u202e\u2060\ufeff\u{e0041}\ud83d').flatMap(around)),
);
rule('characters without a meaning of their own are in no password', () =>
  refused(['\ue000', '\uffff', '\u{10ffff}'].flatMap(around)),
);
