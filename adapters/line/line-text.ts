import type { Answer } from '../../core/answer.ts';
import type { Delivery } from '../../core/delivery.ts';
import { errorWords } from '../../core/error-catalogue.ts';
import { unreachable } from '../../core/rejection.ts';
import { retentionWords } from '../../core/retention.ts';
import { commandTable, greetingHelp } from './command-table.ts';

/** What a delivery reads like on the line protocol; empty when it has no words there. */
export function deliveryText(delivery: Delivery): string {
  switch (delivery.kind) {
    case 'message':
      return prefixed(`[${delivery.room}] ${delivery.user}: `, delivery.text);
    case 'subbed':
      return prefixed(`[Subbed] ${delivery.user}: `, delivery.text);
    case 'direct':
      return prefixed(`[DM] ${delivery.from}: `, delivery.text);
    case 'joined':
    case 'left':
      return delivery.isNews
        ? `[${delivery.room}] Server: ${delivery.user} ${delivery.kind}.\n`
        : '';
    case 'departed':
      return delivery.users.map((user) => `[${delivery.room}] Server: ${user} left.\n`).join('');
    case 'answer':
      return answerText(delivery.answer);
    // What a line client has printed is printed, and it cannot come back to a session.
    case 'erased':
    case 'gap':
    case 'ended':
      return '';
    default:
      return unreachable(delivery);
  }
}

/** What an answer reads like: whole lines. */
export function answerText(answer: Answer): string {
  switch (answer.kind) {
    case 'greeting':
    case 'authRequired':
      return 'AUTH_REQUIRED: LOGIN <user> <pass>\n';
    case 'takeoverHint':
      return 'To end the other session: LOGIN <user> <pass> TAKEOVER\n';
    case 'registered':
      return success(`Registered ${answer.user}.`);
    case 'welcome':
      return success(`Welcome ${answer.user}. You are in ${answer.room}.`);
    case 'goodbye':
      return success(answer.user === undefined ? 'Goodbye.' : `Goodbye ${answer.user}.`);
    case 'joined':
      return success(`Joined ${answer.room}`);
    case 'retention':
      return `[${answer.room}] Server: What is said here is kept ${retentionWords(answer.days)}.\n`;
    case 'subscribed':
      return success(`Subscribed to ${answer.target}`);
    case 'unsubscribed':
      return success(`Unsubscribed from ${answer.target}`);
    case 'passwordChanged':
      return success('Password changed.');
    case 'receipts':
      return success(`Receipts ${answer.on ? 'on' : 'off'}.`);
    case 'stored':
      return `STORED ${answer.room} ${answer.epoch} ${answer.number}\n`;
    case 'directStored':
      return success(`Sent to ${answer.to}.`);
    case 'moreDirect':
      return '[DM] Server: More messages wait for you. Your next login shows them.\n';
    // What only other transports have commands, or words, for.
    case 'sessionOpen':
    case 'entered':
    case 'leftRoom':
    case 'readMarked':
    case 'conversation':
    case 'conversations':
    case 'pong':
    case 'store':
      return '';
    case 'error':
      return `ERROR: ${errorWords(answer.code, answer.subject)}\n`;
    default:
      return listText(answer);
  }
}

type List = Extract<
  Answer,
  { kind: 'rooms' | 'members' | 'subscriptions' | 'history' | 'session' | 'help' }
>;

function listText(answer: List): string {
  switch (answer.kind) {
    case 'rooms':
      return answer.rooms.length === 0
        ? 'No active rooms.\n'
        : `Rooms: ${answer.rooms.map(({ name }) => name).join(', ')}\n`;
    case 'members':
      return answer.users.length === 0
        ? `Nobody is in ${answer.room}.\n`
        : `In ${answer.room}: ${answer.users.join(', ')}\n`;
    case 'subscriptions':
      return answer.targets.length === 0
        ? 'You follow nobody.\n'
        : `Subscriptions: ${answer.targets.join(', ')}\n`;
    case 'history':
      return historyText(answer);
    case 'session':
      return (
        `${answer.user} on ${answer.server} since ${instant(answer.since)}, ` +
        `in ${answer.rooms.join(', ') || 'no room'}\n`
      );
    case 'help':
      return helpText(answer.topic);
    default:
      return unreachable(answer);
  }
}

const success = (words: string): string => `SUCCESS: ${words}\n`;

/** A text of several lines shows its prefix on each: no line of it can pass for the server's. */
const prefixed = (prefix: string, text: string): string =>
  text.includes('\n')
    ? text.split('\n').reduce((lines, line) => `${lines}${prefix}${line}\n`, '')
    : `${prefix}${text}\n`;

/** ISO 8601, in UTC, to the second. */
const instant = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

function historyText({
  room,
  messages,
  isCut,
  expired,
}: Extract<Answer, { kind: 'history' }>): string {
  // Something has been said where it is no longer kept.
  const nothing =
    expired === undefined ? `Nothing has been said in ${room}${isCut ? ' lately' : ''}.\n` : '';
  const heading =
    messages.length === 0
      ? nothing
      : `The last ${messages.length} of ${room}${isCut ? '; older ones lie too far back' : ''}:\n`;
  const gone =
    expired === undefined
      ? ''
      : `What was said from #${expired.from} to #${expired.to} is no longer kept.\n`;
  return messages.reduce(
    (lines, { number, at, user, text }) =>
      lines + prefixed(`#${number} ${instant(at)} ${user}: `, text),
    heading + gone,
  );
}

function helpText(topic: string | undefined): string {
  if (topic === 'login') return greetingHelp.map((line) => `${line}\n`).join('');
  const described = Object.entries(commandTable);
  const chosen =
    topic === undefined ? described : described.filter(([command]) => command === topic);
  if (chosen.length === 0) return answerText(unknownTopic(topic ?? ''));
  const width = Math.max(...chosen.map(([, { usage }]) => usage.length));
  const lines = chosen.map(([, { usage, summary }]) => `${usage.padEnd(width)}  ${summary}\n`);
  const rest = 'Any other line is a message to your room; //text says /text.\n';
  return lines.join('') + (topic === undefined ? rest : '');
}

const unknownTopic = (topic: string): Answer => ({
  kind: 'error',
  code: 'UnknownCommand',
  subject: `/${topic}`,
});
