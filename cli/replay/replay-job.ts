import type { WriteStream } from 'node:tty';
import type { EventStore } from '../../core/event-store.ts';
import type { LogSource } from '../../core/log-source.ts';
import { exitUsage, PlainFailure } from '../plain-failure.ts';
import { beginningOf, between, endOf, type Positions, type Span, sizeOf } from './log-span.ts';
import type { LogStart } from './log-start.ts';
import { placeFrom, placeOf } from './moment.ts';
import type { Output } from './output.ts';
import type { Showing } from './plain-words.ts';
import { noProgress, type Progress, progressOn } from '../progress.ts';
import type { ReplayOptions } from './replay-options.ts';
import type { Stretch } from './stretch.ts';
import type { TextOpener } from './text-opener.ts';
import { placeBefore } from './time-search.ts';

/** What every way of reading a log works with. */
export interface Replay {
  readonly source: LogSource;
  readonly start: LogStart;
  readonly openTexts: TextOpener;
  readonly showing: Showing;
  /** The store to which more can come; absent for a file. */
  readonly live?: EventStore;
  readonly options: ReplayOptions;
  readonly output: Output;
  /** Where the progress is shown, if it is a terminal. */
  readonly terminal: Pick<WriteStream, 'isTTY' | 'write'>;
}

/** The part of the log that is meant, up to its present end. */
export interface ChosenPart {
  /** The place before it, and its last. */
  readonly after: Positions;
  readonly through: Positions;
  readonly spans: readonly Span[];
}

/**
 * It begins no earlier than the log does; `least`: no earlier than the state is known, unless given.
 * Where more was asked for of a live log, that is said.
 * @throws {PlainFailure} for a place that the log does not have @throws {StoreUnreachable}
 */
export async function chosenPart(
  { source, start, options, live, terminal, showing }: Replay,
  least: Positions = start.positions,
): Promise<ChosenPart> {
  const end = showing.through ?? (await endOf(source));
  const { isCut, ...part } = await partOf({ source, start }, options.stretch, end, least);
  if (isCut && live !== undefined && start.lacks !== undefined)
    terminal.write(`securechat: ${start.lacks}\n`);
  return part;
}

/** The same for a log that ends at `end`; `isCut` where it lacks some of what was asked for. */
export async function partOf(
  { source, start }: Pick<Replay, 'source' | 'start'>,
  stretch: Stretch,
  end: Positions,
  least: Positions = start.positions,
): Promise<ChosenPart & { readonly isCut: boolean }> {
  const { wanted, through } = await placesOf(source, stretch, end);
  const isCut = start.gone.some((gone, partition) => gone > 0 && (wanted[partition] ?? 0) <= gone);
  const after = wanted.map((position, partition) => Math.max(position, least[partition] ?? 0));
  return { after, through, spans: between(after, through), isCut };
}

/** What is meant of a log that ends at `end`: behind which place, and through which. @throws {PlainFailure} */
export async function placesOf(
  source: LogSource,
  stretch: Stretch,
  end: Positions,
): Promise<{ readonly wanted: Positions; readonly through: Positions }> {
  const wanted = await placeAfter(source, stretch, end);
  const through = await placeThrough(source, stretch, end);
  const { since, until, from, to } = stretch;
  const isBound = (from ?? since) !== undefined && (until ?? to) !== undefined;
  // A position that is named lies between the two, if they are in order; between times may be nothing.
  const isNamed = from !== undefined || to !== undefined;
  const isEmpty = sizeOf(between(wanted, through)) === 0;
  const isBack = wanted.some((position, partition) => position > (through[partition] ?? 0));
  if (isBound && isNamed && (isEmpty || isBack))
    throw new PlainFailure('What is asked for ends before it begins.', exitUsage);
  return { wanted, through };
}

/** A bar, unless what is printed meanwhile is on the same terminal. */
export const progressOf = (
  { terminal, output }: Replay,
  records: number,
  isPrinting = false,
): Progress => (isPrinting && output.isTerminal ? noProgress : progressOn(terminal, records));

async function placeAfter(
  source: LogSource,
  { since, from }: Stretch,
  end: Positions,
): Promise<Positions> {
  const beginning = from ?? since;
  return beginning === undefined ? beginningOf(source) : placeFrom(source, beginning, end);
}

async function placeThrough(
  source: LogSource,
  { until, to }: Stretch,
  end: Positions,
): Promise<Positions> {
  if (until !== undefined) return placeBefore(source, until.at + 1, end);
  return to === undefined ? end : placeOf(source, to, end);
}
