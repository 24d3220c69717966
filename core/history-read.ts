/** Places in a room, the first and the last of them. */
export type NumberRange = readonly [from: number, through: number];

/**
 * A session was shown messages of a room that it was not shown when they were said: by history, or
 * as what was said last when it came. So it can be told who has read a message since.
 */
export interface HistoryRead {
  readonly type: 'HistoryRead';
  readonly data: {
    readonly user: string;
    readonly session: string;
    /** The canonical form of the room's name. */
    readonly room: string;
    /** In order; they neither touch nor overlap. */
    readonly ranges: readonly NumberRange[];
  };
}

/** The ranges with one more, merged: in order, and none touches another. */
export function withRange(
  ranges: readonly NumberRange[],
  [from, through]: NumberRange,
): readonly NumberRange[] {
  const apart = ranges.filter(([first, last]) => last < from - 1 || first > through + 1);
  const touching = ranges.filter(([first, last]) => last >= from - 1 && first <= through + 1);
  const merged: NumberRange = [
    Math.min(from, ...touching.map(([first]) => first)),
    Math.max(through, ...touching.map(([, last]) => last)),
  ];
  return [...apart, merged].toSorted(([one], [other]) => one - other);
}

/** Whether a number lies in one of the ranges. */
export const isInRanges = (ranges: readonly NumberRange[], number: number): boolean =>
  ranges.some(([from, through]) => from <= number && number <= through);
