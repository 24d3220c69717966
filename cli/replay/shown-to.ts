import { deliveryText } from '../../adapters/line/line-text.ts';
import { foldRecord } from '../../adapters/fold-record.ts';
import { decodeRecord } from '../../adapters/record-codec.ts';
import { deliveriesOf } from '../../core/deliveries.ts';
import type { Delivery } from '../../core/delivery.ts';
import type { EventOf } from '../../core/event.ts';
import type { Recorded } from '../../core/event-store.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import { inboxStream } from '../../core/stream.ts';
import { type ChatView, emptyChat } from '../../core/views/chat.ts';
import { evolveWholeChat } from '../../core/views/whole-chat.ts';
import { keptMessagesMax } from '../../server/inbox.ts';
import { instantText } from './instant.ts';
import { between, sizeOf } from './log-span.ts';
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
  const spans = between(start.positions, through);
  const progress = progressOf(replay, sizeOf(spans), true);
  const shown = new ShownTo(user, { receipts, view: start.view(), openTexts });
  for await (const batch of mergedLog(source, spans)) {
    for (const stored of batch) {
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
  // What waited for a login is looked for no further back than the log goes.
  if (start.lacks !== undefined && shown.sessions.length > 0)
    process.stderr.write(
      `securechat: Direct messages that ${user} was sent before, and was shown at a login since, are missing. ${start.lacks}\n`,
    );
  for (const { at, server } of shown.sessions.slice(1))
    process.stderr.write(
      `securechat: Another session of ${user} began at ${instantText(at)} on ${server}.\n`,
    );
}

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

  constructor(
    user: string,
    { receipts = false, view = emptyChat(), openTexts = withoutKeys } = {},
  ) {
    this.#view = view;
    this.#openTexts = openTexts;
    this.#user = user;
    this.#inbox = inboxStream(user);
    this.#receipts = receipts;
  }

  /** The lines of this record, which comes behind all that came before; empty for none. */
  async next(stored: StoredRecord): Promise<string> {
    const isOnline = this.#view.sessions.byUser.has(this.#user);
    const isOfInbox = stored.link?.stream === this.#inbox;
    // Before a login a record shows nothing, and most need not be read.
    const recorded =
      isOnline || isOfInbox
        ? await openedBy(this.#openTexts, decodeRecord(stored))
        : foldRecord(stored);
    if (recorded === undefined) return '';
    const lines = this.#lines(recorded);
    this.#heedInbox(recorded);
    evolveWholeChat(this.#view, recorded);
    return lines;
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

  #heedInbox(recorded: Recorded): void {
    const { event, link, partition } = recorded;
    if (link?.stream !== this.#inbox) return;
    if (event.type === 'DirectMessagePosted')
      this.#kept.push({ ...recorded, event, inboxRevision: link.revision });
    if (event.type === 'ReadMarked' && event.data.reader === this.#user)
      this.#kept = this.#kept.filter(
        (kept) => kept.partition !== partition || kept.inboxRevision > event.data.through,
      );
  }

  #keptDeliveries(session: string): readonly Delivery[] {
    const oldest = this.#kept.toSorted((one, other) => one.at - other.at).slice(0, keptMessagesMax);
    return oldest.map(({ event: { data, text }, revision: number, at }) => {
      const message = { from: data.from, recipient: data.to, text, number, at };
      return { kind: 'direct', to: [session], own: [], isKept: true, ...message };
    });
  }
}
