import { test } from 'tap';

import type { Effect } from '../../../cli/terminal/effect.ts';
import { LoginDialog, type LoginOptions } from '../../../cli/terminal/login-dialog.ts';
import { parseServerLine } from '../../../cli/terminal/server-line.ts';

const defaults: LoginOptions = {
  user: undefined,
  password: undefined,
  register: false,
  takeover: false,
  interactive: true,
};

const dialog = (options: Partial<LoginOptions> = {}): LoginDialog =>
  new LoginDialog({ ...defaults, ...options });

/** Effects as one reads them in a terminal. */
const told = (effects: readonly Effect[]): readonly string[] =>
  effects.map((effect) => {
    switch (effect.do) {
      case 'ask':
        return effect.echo ? effect.prompt : `${effect.prompt}(secret)`;
      case 'send':
        return `-> ${effect.line}`;
      case 'show':
        return effect.line.text;
      case 'tell':
        return effect.words;
      case 'wait':
        return `wait ${effect.ms}`;
      case 'finish':
        return `finish ${effect.code}`;
      default:
        return effect.do;
    }
  });

function refuse(login: LoginDialog, words: string, isReturning = false): readonly string[] {
  const line = parseServerLine(`ERROR: ${words}`);
  if (line.kind !== 'error') throw new Error(`no error: ${words}`);
  return told(login.refused(line, { isReturning }));
}

await test('who and the password are asked for, then the login is sent', async (t) => {
  const login = dialog();
  t.strictSame(told(login.next()), ['User: ']);
  t.strictSame(told(login.answered(' Alice ')), ['Password for alice: (secret)']);
  t.strictSame(told(login.answered('password123')), ['-> LOGIN alice password123']);
});

await test('what is known is not asked for', async (t) => {
  t.strictSame(told(dialog({ user: 'alice' }).next()), ['Password for alice: (secret)']);
  const login = dialog({ user: 'alice', password: 'pw', takeover: true });
  t.strictSame(told(login.next()), ['-> LOGIN alice pw TAKEOVER']);
});

await test('what can be no name or password is asked for again', async (t) => {
  const login = dialog();
  login.next();
  t.match(told(login.answered('a b')), [/is no user name/, 'User: ']);
  t.strictSame(told(login.answered('')), ['User: ']);
  login.answered('alice');
  t.match(told(login.answered('two words')), [/no spaces/, 'Password for alice: (secret)']);
  t.strictSame(told(login.answered('')), ['User: '], 'the way back to the name');
});

await test('a wrong password is asked for again, unless nobody can be asked', async (t) => {
  const login = dialog({ user: 'alice' });
  login.next();
  login.answered('wrong');
  t.match(refuse(login, 'Invalid credentials.'), [
    'ERROR: Invalid credentials.',
    /back to the name/,
    'Password for alice: (secret)',
  ]);
  t.strictSame(told(login.answered('right')), ['-> LOGIN alice right']);
  const pipe = dialog({ user: 'alice', password: 'wrong', interactive: false });
  t.strictSame(refuse(pipe, 'Invalid credentials.'), ['ERROR: Invalid credentials.', 'finish 1']);
});

await test('a login elsewhere is ended only on request', async (t) => {
  const refused = (): LoginDialog => {
    const login = dialog({ user: 'alice', password: 'pw' });
    t.match(refuse(login, 'User already logged in elsewhere.'), [/^ERROR/, /\(y\/N\)/]);
    return login;
  };
  t.strictSame(told(refused().answered('y')), ['-> LOGIN alice pw TAKEOVER']);
  t.match(told(refused().answered('')), [/goes on/, 'finish 1']);
  t.match(told(refused().answered('no')), [/goes on/, 'finish 1']);
});

await test('a takeover holds for one login', async (t) => {
  const login = dialog({ user: 'alice', password: 'pw', takeover: true });
  login.next();
  login.welcomed('alice');
  t.strictSame(told(login.next()), ['-> LOGIN alice pw']);
});

await test('after a loss our own former session gets 16 s to end', async (t) => {
  const login = dialog({ user: 'alice', password: 'pw' });
  for (let attempt = 0; attempt < 8; attempt++)
    t.strictSame(refuse(login, 'User already logged in elsewhere.', true), ['wait 2000']);
  t.match(refuse(login, 'User already logged in elsewhere.', true), [/^ERROR/, /\(y\/N\)/]);
});

await test('a program is told how to end the other session', async (t) => {
  const login = dialog({ user: 'alice', password: 'pw', interactive: false });
  t.match(refuse(login, 'User already logged in elsewhere.'), [/^ERROR/, /--takeover/, 'finish 1']);
});

await test('what passes is waited for', async (t) => {
  const login = dialog({ user: 'alice', password: 'pw' });
  t.match(refuse(login, 'Busy, try again in 7 s.'), [/^ERROR/, 'wait 7000']);
  t.match(refuse(login, 'Not stored: the chat cannot store anything now. Try again in a moment.'), [
    /^ERROR/,
    'wait 2000',
  ]);
});

await test('what does not pass ends it', async (t) => {
  for (const words of ['This account is suspended.', 'Registration is closed on this server.'])
    t.match(refuse(dialog({ user: 'alice', password: 'pw' }), words), [/^ERROR/, 'finish 1']);
});

await test('a new account is made with a password typed twice', async (t) => {
  const login = dialog({ register: true });
  t.strictSame(told(login.next()), ['New user: ']);
  t.strictSame(told(login.answered('carol')), ['New password for carol: (secret)']);
  t.match(told(login.answered('short')), [/8 to 128/, 'New password for carol: (secret)']);
  t.strictSame(told(login.answered('long enough'.replace(' ', '-'))), ['The same again: (secret)']);
  t.match(told(login.answered('other')), [/not the same/, 'New password for carol: (secret)']);
  login.answered('long-enough');
  t.strictSame(told(login.answered('long-enough')), ['-> REGISTER carol long-enough']);
  t.match(refuse(login, 'The name carol is taken.'), [/taken/, 'New user: ']);
  t.strictSame(told(login.answered('caroline')), ['-> REGISTER caroline long-enough']);
  login.welcomed('caroline');
  t.strictSame(told(login.next()), ['-> LOGIN caroline long-enough'], 'from then on a login');
});

await test('a changed password is used from then on', async (t) => {
  const login = dialog({ user: 'alice', password: 'old-password' });
  login.passwordMayChange('new-password');
  t.strictSame(told(login.next()), ['-> LOGIN alice old-password']);
  login.passwordChanged();
  t.strictSame(told(login.next()), ['-> LOGIN alice new-password']);
});
