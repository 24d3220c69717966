import { partitionsInWords } from '../../adapters/partitions-in-words.ts';
import type { LogSource } from '../../core/log-source.ts';
import { PlainFailure } from '../plain-failure.ts';
import { instantForms, instantText, parseInstant } from './instant.ts';
import { partitionsOf, type Positions } from './log-span.ts';
import type { LogStart } from './log-start.ts';
import { placeBefore, timeAt } from './time-search.ts';

/** A place in the history, as somebody names it. */
export type Moment =
  | Time
  /** Just behind a record; the partition is left out where there is only one. */
  | { readonly kind: 'record'; readonly partition?: number; readonly position: number }
  /** A position of every partition, as servers know where they are. */
  | { readonly kind: 'positions'; readonly positions: Positions };

/** Up to and with this time, in milliseconds since 1970. */
export interface Time {
  readonly kind: 'time';
  readonly at: number;
  /** It was later than the present when it was named. */
  readonly isToCome: boolean;
}

export const momentForms = `${instantForms}; or a position such as 1200, with several partitions 3:1200 or 870,1200,…`;

/** Undefined when the text is neither a time nor a place. */
export function parseMoment(typed: string, now: number): Moment | undefined {
  if (/^\d{1,15}$/.test(typed)) return { kind: 'record', position: Number(typed) };
  const [, partition, position] = /^(\d{1,3}):(\d{1,15})$/.exec(typed) ?? [];
  if (position !== undefined)
    return { kind: 'record', partition: Number(partition), position: Number(position) };
  if (/^\d{1,15}(,\d{1,15})+$/.test(typed))
    return { kind: 'positions', positions: typed.split(',').map(Number) };
  const at = parseInstant(typed, now);
  return at === undefined ? undefined : { kind: 'time', at, isToCome: at > now };
}

/**
 * The place that is meant, in a log that ends at `end`.
 * @throws {PlainFailure} when the log has no such place
 * @throws {StoreUnreachable}
 */
export async function placeOf(
  source: LogSource,
  moment: Moment,
  end: Positions,
): Promise<Positions> {
  switch (moment.kind) {
    case 'time':
      await checkCome(source, moment, end);
      return placeBefore(source, moment.at + 1, end);
    case 'positions':
      checkThere(source, moment.positions, end);
      return moment.positions;
    case 'record':
      return behindRecord(source, moment, end);
  }
}

/**
 * The place from which on what is meant follows. A position may be the next that the log will have.
 * @throws {PlainFailure} when the log has no such place @throws {StoreUnreachable}
 */
export async function placeFrom(
  source: LogSource,
  moment: Moment,
  end: Positions,
): Promise<Positions> {
  switch (moment.kind) {
    case 'time':
      await checkCome(source, moment, end);
      return placeBefore(source, moment.at, end);
    case 'positions':
      checkThere(source, moment.positions, end.map(oneMore));
      return moment.positions.map(oneLess);
    case 'record': {
      const [{ partition = 0, position }, { partitions }] = [moment, source.info];
      const next = end.map((last, index) => (index === partition ? position : oneMore(last)));
      if (partition < partitions && (partitions === 1 || moment.partition !== undefined))
        checkThere(source, next, end.map(oneMore));
      return behindRecord(source, { ...moment, position: oneLess(position) }, end);
    }
  }
}

const oneMore = (position: number): number => position + 1;
const oneLess = (position: number): number => Math.max(position - 1, 0);

/**
 * The same for whoever is to tell the state there.
 * @throws {PlainFailure} also for a place from before the state is known
 */
export async function knownPlaceOf(
  source: LogSource,
  start: LogStart,
  moment: Moment,
  end: Positions,
): Promise<Positions> {
  const place = await placeOf(source, moment, end);
  for (const [partition, position] of place.entries()) {
    const [gone, known] = [start.gone[partition] ?? 0, start.positions[partition] ?? 0];
    const isNamed =
      moment.kind === 'positions' ||
      (moment.kind === 'record' && (moment.partition ?? 0) === partition);
    // A time from before the first record that there is may be from before others that are gone.
    const isBefore = !isNamed && gone > 0 && position === gone && position !== end[partition];
    if (position < known || isBefore)
      throw new PlainFailure(start.lacks ?? 'What was so then is not known.');
  }
  return place;
}

async function behindRecord(
  source: LogSource,
  { partition, position }: Extract<Moment, { kind: 'record' }>,
  end: Positions,
): Promise<Positions> {
  const { partitions } = source.info;
  if (partition === undefined && partitions > 1)
    throw new PlainFailure(
      `The log has ${partitions} partitions: say of which ${position} is a position, as in 0:${position}.`,
    );
  const home = partition ?? 0;
  if (home >= partitions)
    throw new PlainFailure(`The log has no partition ${home}, they are 0 to ${partitions - 1}.`);
  const wanted = end.map((last, index) => (index === home ? position : last));
  checkThere(source, wanted, end);
  const [record] = position === 0 ? [] : await source.readStored(home, position, 1);
  if (record === undefined) return partitionsOf(source).map(() => 0);
  // What was written in the same millisecond comes in the order of the partitions.
  const before = await placeBefore(source, record.at, end);
  const withIt = await placeBefore(source, record.at + 1, end);
  return partitionsOf(source).map((index) =>
    index === home ? position : ((index < home ? withIt : before)[index] ?? 0),
  );
}

/** What will be then nobody knows, unless the log's clock is ahead of this one. */
async function checkCome(source: LogSource, { at, isToCome }: Time, end: Positions): Promise<void> {
  const last = isToCome ? await timeAt(source, end) : at;
  if (last === undefined || at > last)
    throw new PlainFailure(
      `${instantText(at)} is yet to come: the last record of the log is of ${instantText(last ?? 0)}.`,
    );
}

function checkThere({ info }: LogSource, positions: Positions, end: Positions): void {
  if (positions.length !== info.partitions)
    throw new PlainFailure(
      `The log has ${partitionsInWords(info.partitions)}, and ${positions.length} positions are given.`,
    );
  for (const [partition, position] of positions.entries()) {
    const last = end[partition] ?? 0;
    const where = info.partitions === 1 ? 'The log' : `Partition ${partition} of the log`;
    if (position > last)
      throw new PlainFailure(`${where} ends at position ${last}: there is no ${position} yet.`);
  }
}
