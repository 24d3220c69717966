import { cleanText } from '../../core/text.ts';
import { graphemesOf } from './display-width.ts';

/** The line being edited. `cursor` is an index into `text`, in UTF-16 units. */
export interface EditedLine {
  readonly text: string;
  readonly cursor: number;
  /** What was cut last, for being put back. */
  readonly cut: string;
}

export const emptyLine: EditedLine = { text: '', cursor: 0, cut: '' };

/** A key as `emitKeypressEvents` of node:readline reports it. */
export interface Key {
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
  /** What it types, if it types something. */
  readonly typed?: string | undefined;
}

/**
 * The line after a key that edits it, with the keys that bash has; undefined for a key with
 * another meaning. An editor of our own, since the one of node:readline (Node 20 and 22) puts
 * characters that come together in the middle of a line, pasted ones above all, into its end.
 */
export function edit(line: EditedLine, key: Key): EditedLine | undefined {
  const { text, cursor, cut } = line;
  switch (chord(key)) {
    case 'left':
    case 'ctrl-b':
      return { ...line, cursor: cursor - lastOf(text.slice(0, cursor)).length };
    case 'right':
    case 'ctrl-f':
      return { ...line, cursor: cursor + firstOf(text.slice(cursor)).length };
    case 'home':
    case 'ctrl-a':
      return { ...line, cursor: 0 };
    case 'end':
    case 'ctrl-e':
      return { ...line, cursor: text.length };
    case 'ctrl-left':
    case 'meta-left':
    case 'meta-b':
      return { ...line, cursor: wordStart(text, cursor) };
    case 'ctrl-right':
    case 'meta-right':
    case 'meta-f':
      return { ...line, cursor: wordEnd(text, cursor) };
    case 'backspace':
    case 'ctrl-h':
      return without(line, cursor - lastOf(text.slice(0, cursor)).length, cursor);
    case 'delete':
    case 'ctrl-d':
      return without(line, cursor, cursor + firstOf(text.slice(cursor)).length);
    case 'ctrl-w':
    case 'meta-backspace':
      return cutOut(line, wordStart(text, cursor), cursor);
    case 'meta-d':
      return cutOut(line, cursor, wordEnd(text, cursor));
    case 'ctrl-u':
      return cutOut(line, 0, cursor);
    case 'ctrl-k':
      return cutOut(line, cursor, text.length);
    case 'ctrl-y':
      return insert(line, cut);
    default:
      return isTyping(key) ? insert(line, key.typed ?? '') : undefined;
  }
}

/** The line with a text put in at the cursor, without control characters. */
export function insert(line: EditedLine, typed: string): EditedLine {
  const added = cleanText(typed.replaceAll(/[\t\r\n]/g, ' '), { lines: false });
  const text = line.text.slice(0, line.cursor) + added + line.text.slice(line.cursor);
  return { ...line, text, cursor: line.cursor + added.length };
}

/** A key with its modifiers, such as `ctrl-w`; shift makes no difference. */
export function chord({ name = '', ctrl = false, meta = false }: Key): string {
  return `${ctrl ? 'ctrl-' : ''}${meta ? 'meta-' : ''}${name}`;
}

function isTyping({ ctrl, meta, typed }: Key): boolean {
  return typed !== undefined && ctrl !== true && meta !== true && !typed.startsWith('\u001b');
}

const without = (line: EditedLine, from: number, to: number): EditedLine => ({
  ...line,
  text: line.text.slice(0, from) + line.text.slice(to),
  cursor: from,
});

const cutOut = (line: EditedLine, from: number, to: number): EditedLine =>
  from === to ? line : { ...without(line, from, to), cut: line.text.slice(from, to) };

const lastOf = (text: string): string => graphemesOf(text).at(-1) ?? '';
const firstOf = (text: string): string => graphemesOf(text)[0] ?? '';

const wordStart = (text: string, cursor: number): number =>
  text.slice(0, cursor).search(/\S+\s*$|^\s*$/);

const wordEnd = (text: string, cursor: number): number =>
  cursor + (/^\s*\S*/.exec(text.slice(cursor))?.[0].length ?? 0);
