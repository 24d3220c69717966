import { test } from 'tap';

import { hueOf, huesMax, initialsOf } from '../../../../adapters/page/state/avatar.ts';

await test('initials are of the first two parts of a name, or of its beginning', (t) => {
  const initials = {
    alice: 'AL',
    'ann-lee_x': 'AL',
    x9: 'X9',
    Büro: 'BÜ',
    غرفة: 'غر',
    '-_-': '-_',
  };
  for (const [name, expected] of Object.entries(initials))
    t.equal(initialsOf(name), expected, name);
  t.end();
});

await test('a name has one colour, and names have all of them', (t) => {
  t.equal(hueOf('alice'), hueOf('alice'));
  const names = Array.from({ length: 500 }, (_, index) => `user-${index}`);
  t.equal(new Set(names.map(hueOf)).size, huesMax);
  t.end();
});
