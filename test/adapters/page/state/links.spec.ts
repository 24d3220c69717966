import { test } from 'tap';

import { textParts } from '../../../../adapters/page/state/links.ts';

const hrefs = (text: string) => textParts(text).flatMap(({ href }) => href ?? []);

await test('an address in a text is a link, and the text stays the same', (t) => {
  const text = 'see https://example.org/a?b=c#d and http://localhost:8080, please';
  t.strictSame(hrefs(text), ['https://example.org/a?b=c#d', 'http://localhost:8080/']);
  t.equal(
    textParts(text)
      .map((part) => part.text)
      .join(''),
    text,
  );
  t.end();
});

await test('what ends a sentence is no part of an address, a bracket inside is', (t) => {
  t.strictSame(hrefs('(https://example.org/a).'), ['https://example.org/a']);
  t.strictSame(hrefs('https://example.org/Log_(disambiguation)!'), [
    'https://example.org/Log_(disambiguation)',
  ]);
  t.end();
});

await test('nothing but http and https is a link', (t) => {
  const others = 'javascript:alert(1) data:text/html,x ftp://example.org //example.org file:///etc';
  t.strictSame(hrefs(others), []);
  t.strictSame(textParts(others), [{ text: others }]);
  t.end();
});

await test('an address that pretends to be another is text', (t) => {
  t.strictSame(hrefs('https://bank.example@evil.example/'), []);
  t.strictSame(hrefs('https://example.org/\u202Egpj.exe'), []);
  t.end();
});

await test('a text without addresses is one part, an empty one none', (t) => {
  t.strictSame(textParts('<b>hello</b>'), [{ text: '<b>hello</b>' }]);
  t.strictSame(textParts(''), []);
  t.end();
});
