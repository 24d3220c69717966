import type { Cursor } from '../core/event-store.ts';

/** Enough of a random id to know a record again. */
const idCharacters = 8;
/** Short, for a cursor ends whatever is sent at once; ten digits of it are an exact number. */
const radix = 36;
const form = /^([\da-z]{1,10})(?:\.([\w-]{1,36}))?$/;

/** The places in a log up to which a client has been shown everything, as one word for it. */
export const cursorText = (cursors: readonly Cursor[]): string =>
  cursors
    .map(({ position, id }) =>
      id === undefined
        ? position.toString(radix)
        : `${position.toString(radix)}.${id.slice(0, idCharacters)}`,
    )
    .join('~');

/** The places that a client was given, with the beginnings of the ids; undefined when it was not. */
export function parseCursor(text: string, partitions: number): readonly Cursor[] | undefined {
  const places = text.split('~').map((part) => form.exec(part));
  if (places.length !== partitions) return undefined;
  const cursors: Cursor[] = [];
  for (const [partition, place] of places.entries()) {
    if (place === null) return undefined;
    const [, digits = '', id] = place;
    const position = Number.parseInt(digits, radix);
    // Every place but the beginning is at a record, and names it.
    if (position > 0 !== (id !== undefined)) return undefined;
    cursors.push({ partition, position, ...(id !== undefined && { id }) });
  }
  return cursors;
}

/** Whether a record stands where a client was, as far as it knows. */
export const isAt = (cursor: Cursor, { position, id }: { position: number; id: string }): boolean =>
  cursor.position === position && (cursor.id === undefined || id.startsWith(cursor.id));
