/**
 * Text that is safe on other people's terminals: without escape sequences (ECMA-48 control
 * sequences, and the strings that OSC, DCS, APC, PM and SOS begin), C0 and C1 control characters
 * and DEL. Tabs are kept, and line ends where `lines` says so, each as `\n`.
 */
export function cleanText(typed: string, { lines }: { lines: boolean }): string {
  const unified = typed.replace(/\r\n/g, '\n');
  const plain = unified.replace(escapeSequence, '');
  return plain.replace(lines ? controlsButLines : controls, '');
}

/** The number of bytes of the text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += utf8Width(character.codePointAt(0) ?? 0);
  return bytes;
}

/** The bytes of the text in UTF-8 (RFC 3629). */
export function* utf8Bytes(text: string): Generator<number> {
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    const width = utf8Width(codePoint);
    if (width === 1) {
      yield codePoint;
      continue;
    }
    // The first byte says how many there are; each other one carries six bits.
    yield ((0xf00 >> width) & 0xff) | (codePoint >> (6 * (width - 1)));
    for (let rest = width - 2; rest >= 0; rest--) yield 0x80 | ((codePoint >> (6 * rest)) & 0x3f);
  }
}

const utf8Width = (codePoint: number): number =>
  codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;

const escapeSequence = new RegExp(
  [
    // OSC, DCS, APC, PM, SOS: up to BEL or ST, or to the end of the line if neither comes.
    String.raw`(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c)?`,
    // CSI: parameters, intermediates, final byte.
    String.raw`(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?`,
    // Any other escape: intermediates, final byte.
    String.raw`\u001b[ -/]*[0-~]?`,
  ].join('|'),
  'g',
);

const controls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;
const controlsButLines = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
