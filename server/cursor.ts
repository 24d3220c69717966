import type { Cursor } from '../core/event-store.ts';

/** Enough of a random id to know a record again. */
const idCharacters = 12;
const form = /^(\d{1,15})(?:\.([\w-]{1,36}))?$/;

/** The places in a log up to which a client has been shown everything, as one word for it. */
export const cursorText = (cursors: readonly Cursor[]): string =>
  cursors
    .map(({ position, id }) =>
      id === undefined ? String(position) : `${position}.${id.slice(0, idCharacters)}`,
    )
    .join('~');

/** The places that a client was given, with the beginnings of the ids; undefined when it was not. */
export function parseCursor(text: string, partitions: number): readonly Cursor[] | undefined {
  const places = text.split('~').map((part) => form.exec(part));
  if (places.length !== partitions) return undefined;
  const cursors: Cursor[] = [];
  for (const [partition, place] of places.entries()) {
    if (place === null) return undefined;
    const [, position, id] = place;
    cursors.push({ partition, position: Number(position), ...(id !== undefined && { id }) });
  }
  return cursors;
}

/** Whether a record stands where a client was, as far as it knows. */
export const isAt = (cursor: Cursor, { position, id }: { position: number; id: string }): boolean =>
  cursor.position === position && (cursor.id === undefined || id.startsWith(cursor.id));
