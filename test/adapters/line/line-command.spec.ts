import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';

import { commandTable } from '../../../adapters/line/command-table.ts';
import { parseGreetingLine, parseSessionLine } from '../../../adapters/line/line-command.ts';
import { lineBytesMax } from '../../../core/limits.ts';
import { errorWords } from '../../../core/error-catalogue.ts';
import { rule } from '../../support/given.ts';
import { always } from '../../support/always.ts';

const greeting = (text: string) => parseGreetingLine({ kind: 'line', text });
const session = (text: string) => parseSessionLine({ kind: 'line', text }, 'alice');
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
    deepStrictEqual(parse({ kind: 'tooLong' }, 'alice'), fault('LineTooLong'));
    deepStrictEqual(parse({ kind: 'notUtf8' }, 'alice'), fault('NotUtf8'));
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
  for (const text of [
    'LOGIN bob secret',
    'REGISTER bob secret',
    '  LOGIN bob\tsecret TAKEOVER',
    'login alice secret',
    ' Login Alice secret takeover',
    'register ALICE secret',
  ])
    deepStrictEqual(session(text), fault('LoggedIn'));
  for (const text of ['LOGIN is hard today', 'login is hard', 'Login alice', 'login alice a b'])
    deepStrictEqual(session(text), { type: 'say', text });
});
rule('passwords behind a blank that was typed by mistake are not said', () => {
  for (const text of [' /passwd old new', '\t/PASSWD old new'])
    deepStrictEqual(session(text), fault('Usage', '/passwd <old> <new>'));
  deepStrictEqual(session(' /passwds'), { type: 'say', text: ' /passwds' });
});
rule('a name that the server speaks in is refused with words of its own', () => {
  deepStrictEqual(session('/join Server'), fault('ReservedName', 'Server'));
  deepStrictEqual(session('/msg dm hello'), fault('ReservedName', 'dm'));
  deepStrictEqual(session('/join a:b'), fault('InvalidRoomName', 'a:b'));
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

rule('no line of any kind makes an answer with control characters, or a line too long', (t) =>
  always(
    t,
    'anyInputs',
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
  ),
);
