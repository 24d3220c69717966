import type { LogSource } from '../../core/log-source.ts';

/** Positions of one partition, the first and the last that are meant; none when `from` is greater. */
export interface Span {
  readonly partition: number;
  readonly from: number;
  readonly through: number;
}

/** A place in a log as a whole: of each partition the last record that lies before or at it. */
export type Positions = readonly number[];

/** Where the log ends now. @throws {StoreUnreachable} */
export const endOf = async (source: LogSource): Promise<Positions> => {
  const heads = partitionsOf(source).map((partition) => source.head(partition));
  return (await Promise.all(heads)).map(({ position }) => position);
};

/** Where the log begins. */
export const beginningOf = (source: LogSource): Positions => partitionsOf(source).map(() => 0);

/** What lies behind one place, up to and with another. */
export const between = (after: Positions, through: Positions): readonly Span[] =>
  through.map((position, partition) => ({
    partition,
    from: (after[partition] ?? 0) + 1,
    through: position,
  }));

/** How many records there are. */
export const sizeOf = (spans: readonly Span[]): number =>
  spans.reduce((sum, { from, through }) => sum + Math.max(through - from + 1, 0), 0);

export const partitionsOf = ({ info }: LogSource): readonly number[] =>
  Array.from({ length: info.partitions }, (_, partition) => partition);
