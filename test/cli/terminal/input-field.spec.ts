import { test } from 'tap';

import { SeenNames } from '../../../cli/terminal/completion.ts';
import { InputField } from '../../../cli/terminal/input-field.ts';
import type { InputLine } from '../../../cli/terminal/input-layout.ts';
import type { Key } from '../../../cli/terminal/line-editor.ts';
import { parseServerLine } from '../../../cli/terminal/server-line.ts';

/** A field that notes what it tells. */
class Fixture {
  readonly told: string[] = [];
  readonly names = new SeenNames();
  seen: InputLine | undefined;
  readonly field = new InputField(
    {
      changed: (line) => (this.seen = line),
      entered: (prompt, text, shown) => this.told.push(`${prompt}${text} (${shown})`),
      choices: (choices) => this.told.push(choices.join(' ')),
      warned: () => this.told.push('warned'),
      quit: () => this.told.push('quit'),
      suspended: () => this.told.push('suspended'),
      cleared: () => this.told.push('cleared'),
    },
    this.names,
  );

  type(text: string): void {
    for (const character of text) this.field.press({ name: character, typed: character });
  }

  press(name: string, modifier: Partial<Key> = {}): void {
    this.field.press({ name, ...modifier });
  }

  ctrl(name: string): void {
    this.press(name, { ctrl: true });
  }

  get text(): string | undefined {
    return this.seen?.text;
  }
}

function chatting(): Fixture {
  const fixture = new Fixture();
  fixture.field.chat('> ');
  return fixture;
}

await test('Enter says the line and empties it', async (t) => {
  const fixture = chatting();
  fixture.type('hi');
  fixture.press('return');
  t.strictSame(fixture.told, ['> hi (hi)']);
  t.equal(fixture.text, '');
});

await test('a secret is neither seen nor told to be shown', async (t) => {
  const fixture = new Fixture();
  fixture.field.ask('Password: ', { echo: false });
  fixture.type('secret');
  t.strictSame(fixture.seen, { prompt: 'Password: ', text: '', cursor: 0 });
  fixture.press('up');
  fixture.press('return');
  t.strictSame(fixture.told, ['Password: secret ()']);
  t.equal(fixture.seen, undefined, 'a question is over once it is answered');
});

await test('an answer is not remembered among what was said', async (t) => {
  const fixture = new Fixture();
  fixture.field.ask('Password: ', { echo: false });
  fixture.type('secret');
  fixture.press('return');
  fixture.field.chat('> ');
  fixture.press('up');
  t.equal(fixture.text, '');
});

await test('passwords are not remembered among what was said', async (t) => {
  const fixture = chatting();
  for (const said of ['hello', '/passwd old-password new-password']) {
    fixture.type(said);
    fixture.press('return');
  }
  fixture.press('up');
  t.equal(fixture.text, 'hello');
});

await test('a question in between leaves what was being said', async (t) => {
  const fixture = chatting();
  fixture.type('half a');
  fixture.field.ask('Password: ', { echo: false });
  fixture.type('pw');
  fixture.press('return');
  fixture.field.chat('> ');
  t.equal(fixture.text, 'half a');
});

await test('another prompt leaves what was being said', async (t) => {
  const fixture = chatting();
  fixture.type('half a');
  fixture.field.chat('(offline)> ');
  t.strictSame(fixture.seen, { prompt: '(offline)> ', text: 'half a', cursor: 6 });
});

await test('what is typed while nobody listens is said later, but answers no question', async (t) => {
  const fixture = new Fixture();
  fixture.type('hi');
  fixture.field.chat('> ');
  t.equal(fixture.text, 'hi');
  const asked = new Fixture();
  asked.type('y');
  asked.field.ask('Sure? ', { echo: true });
  t.equal(asked.text, '');
});

await test('the arrows go through what was said, and back to what is being typed', async (t) => {
  const fixture = chatting();
  for (const said of ['one', 'two', 'two']) {
    fixture.type(said);
    fixture.press('return');
  }
  fixture.type('dra');
  fixture.press('up');
  t.equal(fixture.text, 'two');
  fixture.press('up');
  t.equal(fixture.text, 'one', 'the same twice is remembered once');
  fixture.press('up');
  t.equal(fixture.text, 'one');
  fixture.press('down');
  fixture.press('down');
  t.equal(fixture.text, 'dra');
});

await test('Ctrl-C clears the line, twice quits', async (t) => {
  const fixture = chatting();
  fixture.type('abc');
  fixture.ctrl('c');
  t.equal(fixture.text, '');
  t.strictSame(fixture.told, []);
  fixture.type('x');
  fixture.ctrl('c');
  fixture.ctrl('c');
  t.strictSame(fixture.told, ['quit']);
  const empty = chatting();
  empty.ctrl('c');
  t.strictSame(empty.told, ['warned']);
});

await test('Ctrl-D quits an empty line, and deletes in another', async (t) => {
  const fixture = chatting();
  fixture.type('ab');
  fixture.ctrl('a');
  fixture.ctrl('d');
  t.equal(fixture.text, 'b');
  fixture.ctrl('d');
  fixture.ctrl('d');
  t.strictSame(fixture.told, ['quit']);
});

await test('Ctrl-C at a question quits', async (t) => {
  const fixture = new Fixture();
  fixture.field.ask('User: ', { echo: true });
  fixture.ctrl('c');
  t.strictSame(fixture.told, ['quit']);
});

await test('Tab completes in the middle of a line, or shows the choices', async (t) => {
  const fixture = chatting();
  for (const user of ['bob', 'bobby'])
    fixture.names.learn(parseServerLine(`[lobby] Server: ${user} joined.`));
  fixture.type('/m hi');
  for (const _ of ' hi') fixture.press('left');
  fixture.press('tab');
  t.strictSame(fixture.seen, { prompt: '> ', text: '/msg  hi', cursor: 5 });
  fixture.type('b');
  fixture.press('tab');
  fixture.press('tab');
  t.equal(fixture.text, '/msg bob hi');
  t.strictSame(fixture.told, ['bob bobby']);
});

await test('what is pasted is said only by Enter, as one line', async (t) => {
  const fixture = chatting();
  fixture.press('paste-start');
  fixture.type('a');
  fixture.press('return', { typed: '\r' });
  fixture.press('tab', { typed: '\t' });
  fixture.type('b');
  fixture.press('paste-end');
  t.equal(fixture.text, 'a  b');
  fixture.press('return');
  t.strictSame(fixture.told, ['> a  b (a  b)']);
});

await test('a line that was entered in vain comes back, unless another was begun', async (t) => {
  const fixture = chatting();
  fixture.field.giveBack('again');
  t.strictSame(fixture.seen, { prompt: '> ', text: 'again', cursor: 5 });
  fixture.field.giveBack('other');
  t.equal(fixture.text, 'again');
});

await test('Ctrl-L and Ctrl-Z are told', async (t) => {
  const fixture = chatting();
  fixture.ctrl('l');
  fixture.ctrl('z');
  t.strictSame(fixture.told, ['cleared', 'suspended']);
});
