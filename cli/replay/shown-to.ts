import { deliveryText } from '../../adapters/line/line-text.ts';
import { foldRecord } from '../../adapters/fold-record.ts';
import { decodeRecord } from '../../adapters/record-codec.ts';
import { deliveriesOf } from '../../core/deliveries.ts';
import type { Delivery } from '../../core/delivery.ts';
import type { EventOf } from '../../core/event.ts';
import type { Recorded } from '../../core/event-store.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import { inboxStream, trimmingStream } from '../../core/stream.ts';
import { type ChatView, emptyChat } from '../../core/views/chat.ts';
import { evolveWholeChat } from '../../core/views/whole-chat.ts';
import { keptMessagesMax } from '../../server/inbox.ts';
import { instantText } from './instant.ts';
import { between, type Positions, sizeOf } from './log-span.ts';
import { mergedLog } from './merged-log.ts';
import { chosenPart, progressOf, type Replay } from './replay-job.ts';
import type { Mode } from './replay-mode.ts';
import { openedBy, type TextOpener, withoutKeys } from './text-opener.ts';

/** Prints what a user's line client was shown, byte for byte; nothing else goes to the output. */
export async function printAs(
  replay: Replay,
  { user, receipts }: Extract<Mode, { kind: 'as' }>,
): Promise<void> {
  const { source, start, openTexts, output } = replay;
  const { after, through } = await chosenPart(replay);
  const spans = between(start.gone, through);
  using progress = progressOf(replay, sizeOf(spans), true);
  const { gone } = start;
  const shown = new ShownTo(user, { receipts, view: start.view(), gone, openTexts });
  for await (const batch of mergedLog(source, spans)) {
    for (const stored of batch) {
      // The state is known further on than the log begins, if it was not trimmed so far.
      if (stored.position <= (start.positions[stored.partition] ?? 0)) {
        await shown.recall(stored);
        continue;
      }
      const lines = await shown.next(stored);
      if (stored.position <= (after[stored.partition] ?? 0)) continue;
      await output.write(lines);
    }
    progress.read(batch.length);
  }
  progress.end();
  await output.flush();
  if (shown.sessions.length === 0)
    process.stderr.write(`securechat: ${user} was never logged in, up to there.\n`);
  if (shown.missing !== 'none')
    process.stderr.write(
      `securechat: Direct messages that ${user} was sent before, and was shown at a login since, ${missingWords[shown.missing]}. ${start.lacks ?? ''}\n`,
    );
  for (const { at, server } of shown.sessions.slice(1))
    process.stderr.write(
      `securechat: Another session of ${user} began at ${instantText(at)} on ${server}.\n`,
    );
}

/** Whether messages that waited from before the log begins were shown at a login that it tells of. */
type Missing = 'none' | 'perhaps' | 'some';

const missingWords: Readonly<Record<Exclude<Missing, 'none'>, string>> = {
  perhaps: 'may be missing, which the log no longer tells',
  some: 'are missing',
};

interface Begun {
  readonly at: number;
  readonly server: string;
}

type Kept = Recorded<EventOf<'DirectMessagePosted'>> & { readonly inboxRevision: number };

/**
 * What one user's line client is shown by a log, record by record, from each welcome on: made by the
 * code with which servers show it. What does not derive from the log (lists, history, errors) is
 * not there.
 */
export class ShownTo {
  /** Those of the user that have begun. */
  readonly sessions: Begun[] = [];
  readonly #user: string;
  readonly #inbox: string;
  readonly #receipts: boolean;
  readonly #openTexts: TextOpener;
  readonly #view: ChatView;
  /** Direct messages that no session of the user has marked as shown. */
  #kept: Kept[] = [];
  /** By partition, how far what was before is not here. */
  readonly #gone: Positions;
  /** By partition, the last of the user's inbox that was before what there is of the log. */
  readonly #inboxGone = new Map<number, number>();
  readonly #marked = new Set<number>();
  /** To whoever was online then all that was sent before had been shown. */
  readonly #wasOnline: boolean;
  #missing: Missing = 'none';

  constructor(
    user: string,
    { receipts = false, view = emptyChat(), gone = [] as Positions, openTexts = withoutKeys } = {},
  ) {
    this.#view = view;
    this.#gone = gone;
    this.#wasOnline = view.sessions.byUser.has(user);
    this.#openTexts = openTexts;
    this.#user = user;
    this.#inbox = inboxStream(user);
    this.#receipts = receipts;
  }

  /** The lines of this record, which comes behind all that came before; empty for none. */
  async next(stored: StoredRecord): Promise<string> {
    const isOnline = this.#view.sessions.byUser.has(this.#user);
    // Before a login a record shows nothing, and most need not be read.
    const recorded =
      isOnline || this.#isOfWaiting(stored)
        ? await openedBy(this.#openTexts, decodeRecord(stored))
        : foldRecord(stored);
    if (recorded === undefined) return '';
    const lines = this.#lines(recorded);
    this.#heedWaiting(recorded);
    evolveWholeChat(this.#view, recorded);
    return lines;
  }

  /** Heeds what a record tells of what waits, from before the state is known. */
  async recall(stored: StoredRecord): Promise<void> {
    if (this.#isOfWaiting(stored))
      this.#heedWaiting(await openedBy(this.#openTexts, decodeRecord(stored)));
  }

  /** Of what was shown, whether messages are not here since they are not in the log. */
  get missing(): Missing {
    return this.#missing;
  }

  #lines(recorded: Recorded): string {
    const { event, at } = recorded;
    if (event.type !== 'SessionOpened' || event.data.user !== this.#user)
      return this.#textOf(deliveriesOf(this.#view, recorded), this.#session);
    const { session, server } = event.data;
    this.sessions.push({ at, server });
    // Whatever was kept comes behind the welcome, before anything that comes later.
    const welcome = this.#textOf(deliveriesOf(this.#view, recorded), session);
    return welcome + this.#keptDeliveries(session).map(deliveryText).join('');
  }

  get #session(): string | undefined {
    return this.#view.sessions.byUser.get(this.#user)?.session;
  }

  #textOf(deliveries: readonly Delivery[], session: string | undefined): string {
    if (session === undefined) return '';
    return deliveries
      .filter((delivery) => delivery.to.includes(session) && this.#isShown(delivery))
      .map(deliveryText)
      .join('');
  }

  #isShown(delivery: Delivery): boolean {
    return this.#receipts || delivery.kind !== 'answer' || delivery.answer.kind !== 'stored';
  }

  #isOfWaiting({ link, stream, partition }: StoredRecord): boolean {
    return link?.stream === this.#inbox || stream === trimmingStream(partition);
  }

  #heedWaiting(recorded: Recorded): void {
    const { event, link, partition } = recorded;
    if (event.type === 'LogTrimmed') this.#heedTrimming(partition, event.data.before);
    if (link?.stream !== this.#inbox) return;
    if (!this.#inboxGone.has(partition)) this.#inboxGone.set(partition, link.revision - 1);
    if (event.type === 'DirectMessagePosted')
      this.#kept.push({ ...recorded, event, inboxRevision: link.revision });
    if (event.type !== 'ReadMarked' || event.data.reader !== this.#user) return;
    this.#heedMark(partition, event.data.through);
    this.#kept = this.#kept.filter(
      (kept) => kept.partition !== partition || kept.inboxRevision > event.data.through,
    );
  }

  /** Nothing of what is taken out of the log waits for a login any more. */
  #heedTrimming(partition: number, before: number): void {
    this.#kept = this.#kept.filter(
      (kept) => kept.partition !== partition || kept.position >= before,
    );
    // Then none of what is not here was shown at a login from here on.
    if (before > (this.#gone[partition] ?? 0)) this.#inboxGone.set(partition, 0);
  }

  /** A login shows what no earlier one did, and the mark behind it goes on from the one before. */
  #heedMark(partition: number, through: number): void {
    const gone = this.#inboxGone.get(partition) ?? 0;
    const isFirst = !this.#marked.has(partition);
    this.#marked.add(partition);
    if (gone === 0 || this.#wasOnline || this.sessions.length === 0) return;
    if (through <= gone) this.#missing = 'some';
    else if (isFirst && this.#missing === 'none') this.#missing = 'perhaps';
  }

  #keptDeliveries(session: string): readonly Delivery[] {
    const oldest = this.#kept.toSorted((one, other) => one.at - other.at).slice(0, keptMessagesMax);
    return oldest.map(({ event: { data, text }, revision: number, at }) => {
      const message = { from: data.from, recipient: data.to, text, number, at };
      return { kind: 'direct', to: [session], own: [], isKept: true, ...message };
    });
  }
}
