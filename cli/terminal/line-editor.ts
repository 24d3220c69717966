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
  const change = changes.get(chord(key));
  if (change !== undefined) return change(line);
  return isTyping(key) ? insert(line, key.typed ?? '') : undefined;
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

/** Where the character before the cursor begins. */
const before = ({ text, cursor }: EditedLine): number =>
  cursor - (graphemesOf(text.slice(0, cursor)).at(-1) ?? '').length;

/** Where the character at the cursor ends. */
const behind = ({ text, cursor }: EditedLine): number =>
  cursor + (graphemesOf(text.slice(cursor))[0] ?? '').length;

const wordStart = ({ text, cursor }: EditedLine): number =>
  text.slice(0, cursor).search(/\S+\s*$|^\s*$/);

const wordEnd = ({ text, cursor }: EditedLine): number =>
  cursor + (/^\s*\S*/.exec(text.slice(cursor))?.[0].length ?? 0);

type Change = (line: EditedLine) => EditedLine;

const keysOf: readonly (readonly [keys: readonly string[], change: Change])[] = [
  [['left', 'ctrl-b'], (line) => ({ ...line, cursor: before(line) })],
  [['right', 'ctrl-f'], (line) => ({ ...line, cursor: behind(line) })],
  [['home', 'ctrl-a'], (line) => ({ ...line, cursor: 0 })],
  [['end', 'ctrl-e'], (line) => ({ ...line, cursor: line.text.length })],
  [['ctrl-left', 'meta-left', 'meta-b'], (line) => ({ ...line, cursor: wordStart(line) })],
  [['ctrl-right', 'meta-right', 'meta-f'], (line) => ({ ...line, cursor: wordEnd(line) })],
  [['backspace', 'ctrl-h'], (line) => without(line, before(line), line.cursor)],
  [['delete', 'ctrl-d'], (line) => without(line, line.cursor, behind(line))],
  [['ctrl-w', 'meta-backspace'], (line) => cutOut(line, wordStart(line), line.cursor)],
  [['meta-d'], (line) => cutOut(line, line.cursor, wordEnd(line))],
  [['ctrl-u'], (line) => cutOut(line, 0, line.cursor)],
  [['ctrl-k'], (line) => cutOut(line, line.cursor, line.text.length)],
  [['ctrl-y'], (line) => insert(line, line.cut)],
];

const changes: ReadonlyMap<string, Change> = new Map(
  keysOf.flatMap(([keys, change]) => keys.map((key) => [key, change] as const)),
);
