import { test } from 'tap';

import { edit, type EditedLine, emptyLine, type Key } from '../../../cli/terminal/line-editor.ts';

/** `|` is the cursor. */
function line(drawn: string, cut = ''): EditedLine {
  return { text: drawn.replace('|', ''), cursor: drawn.indexOf('|'), cut };
}

function shown(edited: EditedLine | undefined): string | undefined {
  return edited && `${edited.text.slice(0, edited.cursor)}|${edited.text.slice(edited.cursor)}`;
}

const ctrl = (name: string): Key => ({ name, ctrl: true });
const meta = (name: string): Key => ({ name, meta: true });
const typed = (text: string): Key => ({ name: text, typed: text });

await test('a key does to the line what it does in bash', async (t) => {
  const cases: readonly (readonly [string, Key, string])[] = [
    ['ab|cd', typed('X'), 'abX|cd'],
    ['ab|cd', typed('漢'), 'ab漢|cd'],
    ['ab|cd', { name: 'left' }, 'a|bcd'],
    ['|abcd', { name: 'left' }, '|abcd'],
    ['ab|cd', ctrl('f'), 'abc|d'],
    ['abcd|', { name: 'right' }, 'abcd|'],
    ['ab|cd', { name: 'home' }, '|abcd'],
    ['ab|cd', ctrl('e'), 'abcd|'],
    ['ab|cd', { name: 'backspace' }, 'a|cd'],
    ['|abcd', { name: 'backspace' }, '|abcd'],
    ['ab|cd', { name: 'delete' }, 'ab|d'],
    ['ab|cd', ctrl('d'), 'ab|d'],
    ['one two| three', meta('b'), 'one |two three'],
    ['one | two', meta('b'), '|one  two'],
    ['  |', meta('b'), '|  '],
    ['one| two three', meta('f'), 'one two| three'],
    ['one two |', ctrl('left'), 'one |two '],
    ['one two |three', ctrl('w'), 'one |three'],
    ['one |two three', meta('d'), 'one | three'],
    ['one |two', ctrl('u'), '|two'],
    ['one |two', ctrl('k'), 'one |'],
  ];
  for (const [before, key, after] of cases)
    t.equal(shown(edit(line(before), key)), after, `${before} ${JSON.stringify(key)}`);
});

await test('the cursor steps over a whole character, of however many parts', async (t) => {
  for (const character of ['🙂', '👨‍👩‍👧', '👍🏽', '🇩🇪', '❤️', 'e\u0301', '각', 'क्ष']) {
    const behind = line(`a${character}|b`);
    t.equal(shown(edit(behind, { name: 'left' })), `a|${character}b`, character);
    t.equal(shown(edit(behind, { name: 'backspace' })), 'a|b', character);
    t.equal(shown(edit(line(`a|${character}b`), { name: 'delete' })), 'a|b', character);
  }
});

await test('what was cut last can be put back', async (t) => {
  const cut = edit(line('one two|'), ctrl('w'));
  t.equal(shown(edit(cut ?? emptyLine, ctrl('y'))), 'one two|');
});

await test('characters that come at once in the middle of a line keep their place', async (t) => {
  const keys = ['X', 'Y', 'Z'].map(typed);
  const edited = keys.reduce((before, key) => edit(before, key) ?? before, line('ab|cd'));
  t.equal(shown(edited), 'abXYZ|cd');
});

await test('control characters are not typed, and other keys edit nothing', async (t) => {
  t.equal(shown(edit(line('a|'), { name: undefined, typed: '\u0007' })), 'a|');
  t.equal(edit(line('a|'), { name: 'f5' }), undefined);
  t.equal(edit(line('a|'), ctrl('q')), undefined);
  t.equal(edit(line('a|'), { name: 'escape', typed: '\u001b' }), undefined);
});
