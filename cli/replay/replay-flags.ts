import type { Flag } from '../settings.ts';

const what = 'What is done (the history is printed unless one of these is given)';
const which = 'What of the log';
const how = 'How it is shown';

export const replayFlags = {
  at: { argument: 'MOMENT', group: what, about: 'show who was online, where, and following whom' },
  diff: {
    argument: 'A',
    group: what,
    about: 'show what changed from moment A to moment B: --diff A B [FILE]',
  },
  as: { argument: 'USER', group: what, about: "print what that user's line client was shown" },
  step: { group: what, about: 'go through it event by event, forwards and back, at a terminal' },
  report: {
    argument: 'FILE',
    group: what,
    about: 'write a page to look at, which needs no network',
  },
  slice: { group: what, about: 'write a part of the log to the file of --out, for a test to load' },
  room: { argument: 'ROOM', group: which, about: 'only this room', repeatable: true },
  user: { argument: 'NAME', group: which, about: 'only what concerns this user', repeatable: true },
  types: {
    argument: 'TYPES',
    group: which,
    about: 'only these events, such as RoomJoined,RoomLeft',
    repeatable: true,
  },
  since: { argument: 'TIME', group: which, about: 'from this time on' },
  until: { argument: 'TIME', group: which, about: 'up to this time' },
  'from-position': { argument: 'N', group: which, about: 'from this position on' },
  'to-position': { argument: 'N', group: which, about: 'up to this position' },
  file: {
    argument: 'FILE',
    group: which,
    about: 'of a log that was exported, instead of a live one',
  },
  archive: {
    argument: 'DIR',
    group: which,
    about: 'with what was trimmed of the live log, from the folder of serve --archive',
  },
  format: { argument: 'FORMAT', group: how, about: 'text, ndjson or csv (default: text)' },
  positions: { group: how, about: 'begin each line with the position in the log' },
  follow: { group: how, about: 'go on with what is appended, until Ctrl-C' },
  state: {
    argument: 'json',
    group: how,
    about: 'with --at: the whole state, canonical, and its SHA-256',
  },
  server: {
    argument: 'NAME',
    group: how,
    about: 'with --at: as this server knows it, to compare with its /state-hash',
  },
  receipts: { group: how, about: 'with --as: as if /receipts had been on' },
  out: { argument: 'FILE', group: how, about: 'with --slice: where to write it' },
  why: { argument: 'TEXT', group: how, about: 'the reason for reading, which is recorded' },
} as const satisfies Record<string, Flag>;

export type ReplayFlag = keyof typeof replayFlags;
