import type { Recorded } from '../../core/event-store.ts';
import type { HistoryEvent } from '../checker/history.ts';
import { readServerLine } from '../support/server-line.ts';
import type { Wire } from './wire.ts';

/** Somebody who may be sent direct messages, over one connection after another. */
export interface Recipient {
  readonly user: string;
  readonly events: Iterable<HistoryEvent>;
  readonly wires: readonly Wire[];
}

/** A message in the log. */
interface Stored {
  readonly to: string;
  times: number;
}

/** What clients wrote to each other, what they were told of it, and what came of it. */
export class DirectMessages {
  readonly #answers = new Map<string, string>();

  /** A text is sent that no other message has; the result takes its answer, if one comes. */
  sent(text: string): (answer: string) => void {
    this.#answers.set(text, '');
    return (answer) => void this.#answers.set(text, answer);
  }

  /**
   * What is not as it was answered, and what was never shown although its recipient, who has
   * logged in since, read all that a server wrote. Sentences.
   */
  faults(records: readonly Recorded[], recipients: readonly Recipient[]): readonly string[] {
    const stored = storedOf(records);
    const told = [...this.#answers].flatMap(([text, answer]) =>
      answerFault(text, answer, stored.get(text)?.times ?? 0),
    );
    const shown = recipients.flatMap(({ user, events }) => receivedBy(user, events, stored));
    return [...told, ...shown, ...missing(stored, recipients)];
  }
}

function storedOf(records: readonly Recorded[]): ReadonlyMap<string, Stored> {
  const stored = new Map<string, Stored>();
  for (const { event } of records) {
    if (event.type !== 'DirectMessagePosted') continue;
    const message = stored.get(event.text) ?? { to: event.data.to, times: 0 };
    message.times += 1;
    stored.set(event.text, message);
  }
  return stored;
}

function answerFault(text: string, answer: string, times: number): readonly string[] {
  const said = readServerLine(answer);
  const isRefused = said.kind === 'error' && said.outcome === 'refused';
  if (times > 1) return [`"${text}" is in the log ${times} times`];
  if (times === 0 && answer.startsWith('SUCCESS: ')) return [`"${text}" is lost: ${answer}`];
  return times > 0 && isRefused ? [`"${text}" is in the log, and was answered ${answer}`] : [];
}

function receivedBy(
  user: string,
  events: Iterable<HistoryEvent>,
  stored: ReadonlyMap<string, Stored>,
): readonly string[] {
  const alien = [...events].filter(
    (event) => event.kind === 'direct' && stored.get(event.text)?.to !== user,
  );
  return alien.map((event) => `${user} was shown what is not for them: ${JSON.stringify(event)}`);
}

/**
 * What the server heard something after, on a connection that broke then, counts as shown: it cannot
 * know better.
 */
function missing(
  stored: ReadonlyMap<string, Stored>,
  recipients: readonly Recipient[],
): readonly string[] {
  const shown = new Set<string>();
  for (const { events, wires } of recipients) {
    for (const event of events) if (event.kind === 'direct') shown.add(event.text);
    for (const { isBroken, directs, directsBeforeLastWord } of wires)
      if (isBroken) for (const text of directs.slice(0, directsBeforeLastWord)) shown.add(text);
  }
  const lacking = [...stored.keys()].filter((text) => !shown.has(text));
  return lacking.map((text) => `"${text}" is in the log, and was never shown`);
}
