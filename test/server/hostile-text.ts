import fc from 'fast-check';

/** Parts of terminal sequences and whole ones, controls and plain text, in any order: one line. */
export const hostileLine: fc.Arbitrary<string> = fc
  .string({
    maxLength: 30,
    unit: fc.oneof(
      fc.constantFrom('\u001b', '\u001b[', '\u001b]', '\u001bP', '\u001b\\', '\u001bX', '\u001bc'),
      fc.constantFrom(
        '\u009b',
        '\u009d',
        '\u0090',
        '\u009c',
        '\u0098',
        '\u009f',
        '\u0085',
        '\u008d',
      ),
      fc.constantFrom('\r', '\t', '\u0000', '\u0007', '\b', '\u007f', '\u000b', '\u000c', '\u000e'),
      fc.constantFrom('\u202e', '\u2066', '\u200f', '\u2028', '\ufeff', '\u200b', '\u00ad'),
      fc.constantFrom(
        '31m',
        '2J',
        ';',
        ' ',
        '/',
        ':',
        ']',
        '[',
        'a',
        'Z',
        '7',
        '-',
        '_',
        'ü',
        '🙂',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }),
    ),
  })
  .map((text) => text.replaceAll('\n', ''));

/** What no terminal may be sent: C0 but tab and line end, DEL, C1. */
export const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
/** What makes a name read otherwise than it is written. */
export const bidirectional = /[\u202a-\u202e\u2066-\u2069]/;
