import { historyMessagesDefault, historyMessagesMax } from '../../core/limits.ts';

/** A command of the line protocol, as `/help` and the documentation describe it. */
export interface CommandDescription {
  readonly usage: string;
  readonly summary: string;
}

/** Every command of a session, in the order in which `/help` lists them. */
export const commandTable = {
  join: { usage: '/join <room>', summary: 'Go to a room; you leave the one you are in.' },
  rooms: { usage: '/rooms', summary: 'List the rooms that somebody is in.' },
  who: { usage: '/who [room]', summary: 'List who is in your room, or in another.' },
  subscribe: {
    usage: '/subscribe <user>',
    summary: 'Follow a user: see what they say in other rooms.',
  },
  unsubscribe: { usage: '/unsubscribe <user>', summary: 'Stop following a user.' },
  subscriptions: { usage: '/subscriptions', summary: 'List the users you follow.' },
  msg: {
    usage: '/msg <user> <text>',
    summary: 'Send a direct message; it is kept for a user who is away.',
  },
  history: {
    usage: '/history [n]',
    summary: `Show the last messages of your room (${historyMessagesDefault}; ${historyMessagesMax} at most).`,
  },
  passwd: { usage: '/passwd <old> <new>', summary: 'Change your password.' },
  sessions: { usage: '/sessions', summary: 'Show where and since when you are logged in.' },
  receipts: {
    usage: '/receipts on|off',
    summary: 'Answer each message by STORED <room> <epoch> <number>.',
  },
  help: { usage: '/help [command]', summary: 'Show this list, or one command of it.' },
  logout: { usage: '/logout', summary: 'End your session and the connection.' },
  quit: { usage: '/quit', summary: 'The same as /logout.' },
} as const satisfies Record<string, CommandDescription>;

export type CommandName = keyof typeof commandTable;

/** What `/help` says before login. */
export const greetingHelp: readonly string[] = [
  'LOGIN <user> <password>           Log in.',
  'LOGIN <user> <password> TAKEOVER  Log in here and end your other session.',
  'REGISTER <user> <password>        Make an account, where registration is open.',
  '/quit                             Close the connection.',
];
