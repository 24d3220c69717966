import type { Row } from './rows.ts';
import { sameRow } from './same-row.ts';

/** Rows that are drawn, laid out and skipped by the browser together. */
export interface Chunk {
  readonly key: string;
  readonly rows: readonly Row[];
}

/** Places that go into a chunk: about a screen's. */
const chunkPlaces = 32;

/**
 * Parts rows by their places, so that what is loaded before them leaves the chunks behind as they
 * are. A day's mark and the line of what is new go with what follows them. A chunk that shows the
 * same as `before` is the same, so that it need not be drawn again.
 */
export function chunksOf(rows: readonly Row[], before: readonly Chunk[] = []): readonly Chunk[] {
  const known = new Map(before.map((chunk) => [chunk.key, chunk]));
  return parted(rows).map((chunk) => {
    const twin = known.get(chunk.key);
    const isSame =
      twin?.rows.length === chunk.rows.length &&
      twin.rows.every((row, index) => sameRow(row, chunk.rows[index]));
    return isSame ? twin : chunk;
  });
}

function parted(rows: readonly Row[]): readonly Chunk[] {
  const chunks: { key: string; rows: Row[] }[] = [];
  let waiting: Row[] = [];
  for (const row of rows) {
    waiting.push(row);
    const place = placeOf(row);
    if (place === undefined) continue;
    const key = `chunk:${Math.floor(place / chunkPlaces)}`;
    const last = chunks.at(-1);
    if (last?.key === key) last.rows.push(...waiting);
    else chunks.push({ key, rows: waiting });
    waiting = [];
  }
  const last = chunks.at(-1);
  if (last === undefined) return waiting.length === 0 ? [] : [{ key: 'chunk:sent', rows: waiting }];
  last.rows.push(...waiting);
  return chunks;
}

function placeOf(row: Row): number | undefined {
  if (row.kind === 'message') return row.message.place;
  if (row.kind === 'gap') return row.gap.place;
  return row.kind === 'passage' ? row.place : undefined;
}
