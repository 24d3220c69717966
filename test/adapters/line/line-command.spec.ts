import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';

import { commandTable } from '../../../adapters/line/command-table.ts';
import { parseGreetingLine, parseSessionLine } from '../../../adapters/line/line-command.ts';
import { lineBytesMax } from '../../../core/limits.ts';
import { errorWords } from '../../../core/error-catalogue.ts';
import { rule } from '../../support/given.ts';

const greeting = (text: string) => parseGreetingLine({ kind: 'line', text });
const session = (text: string) => parseSessionLine({ kind: 'line', text });
const fault = (code: string, subject = '') => ({ type: 'fault', code, subject });
const direct = (text: string) => ({ type: 'direct', to: 'bob', text });
const control = /[\u0000-\u001f\u007f-\u009f]/;

rule('a login is three words, and a fourth to take over', () => {
  const login = { type: 'login', user: 'alice', password: 'secret', takeover: false };
  for (const text of ['LOGIN alice secret', ' login\talice  secret ', 'Login alice secret\r'])
    deepStrictEqual(greeting(text), login);
  for (const text of ['LOGIN alice secret TAKEOVER', 'login alice secret takeover'])
    deepStrictEqual(greeting(text), { ...login, takeover: true });
  for (const text of ['LOGIN', 'LOGIN alice', 'LOGIN alice secret x', 'LOGIN a b TAKEOVER x', 'hi'])
    deepStrictEqual(greeting(text), fault('InvalidCredentials'));
});
rule('an empty line asks for nothing', () => {
  deepStrictEqual([greeting(''), greeting(' \t'), session('')], [undefined, undefined, undefined]);
});
rule('a line that cannot be read is a fault in its place', () => {
  for (const parse of [parseGreetingLine, parseSessionLine]) {
    deepStrictEqual(parse({ kind: 'tooLong' }), fault('LineTooLong'));
    deepStrictEqual(parse({ kind: 'notUtf8' }), fault('NotUtf8'));
  }
});
rule('what begins with a slash is a command, and with two a text', () => {
  deepStrictEqual(session('/who'), { type: 'members' });
  deepStrictEqual(session('/WHO'), { type: 'members' });
  deepStrictEqual(session('//who'), { type: 'say', text: '/who' });
  deepStrictEqual(session('///'), { type: 'say', text: '//' });
  deepStrictEqual(session(' /who'), { type: 'say', text: ' /who' });
  deepStrictEqual(session('/constructor'), fault('UnknownCommand', '/constructor'));
  deepStrictEqual(session('/__proto__'), fault('UnknownCommand', '/__proto__'));
});
rule('a login typed in a session is not said', () => {
  for (const text of ['LOGIN alice secret', 'REGISTER alice secret', 'LOGIN alice secret TAKEOVER'])
    deepStrictEqual(session(text), fault('LoggedIn'));
  deepStrictEqual(session('LOGIN is hard today'), { type: 'say', text: 'LOGIN is hard today' });
});
rule('a direct message keeps its text as it was typed', () => {
  deepStrictEqual(session('/msg Bob hello  world '), direct('hello  world '));
  deepStrictEqual(session('/msg\tbob\t\thello'), direct('\thello'));
  deepStrictEqual(session('/msg  bob  /msg eve x'), direct(' /msg eve x'));
});
rule('every command that help lists is understood', () => {
  for (const [name, { usage }] of Object.entries(commandTable)) {
    const typed = usage
      .replace(/<\w+>/g, 'abc')
      .replace(/\[.*\]/, '')
      .replace('on|off', 'on');
    deepStrictEqual(session(typed)?.type === 'fault', false, typed);
    deepStrictEqual(usage.startsWith(`/${name}`), true);
  }
});

rule('no line of any kind makes an answer with control characters, or a line too long', () =>
  fc.assert(
    fc.property(
      fc.constantFrom('', '/', '/join ', '/msg ', '/msg bob ', '/subscribe ', '/help ', '/who '),
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 100 }),
        fc.constantFrom('🙂', 'x', '\u001b', 'ü', '\u202e').map((unit) => unit.repeat(2_000)),
      ),
      (prefix, rest) => {
        const text = (prefix + rest).replaceAll('\n', '').slice(0, lineBytesMax);
        for (const command of [greeting(text), session(text)]) {
          if (command?.type !== 'fault') continue;
          const words = errorWords(command.code, command.subject);
          deepStrictEqual(control.exec(words), null);
          deepStrictEqual(Buffer.from(words).toString(), words);
          deepStrictEqual(Buffer.byteLength(words) < 512, true, words);
        }
      },
    ),
    { numRuns: 1_000 },
  ),
);
