/** What a line of the server says to a client of the line protocol. */
export type ServerLine =
  | { readonly kind: 'authRequired' }
  | { readonly kind: 'welcome'; readonly user: string; readonly room: string }
  | { readonly kind: 'joined'; readonly room: string }
  | { readonly kind: 'goodbye' }
  | {
      readonly kind: 'stored';
      readonly room: string;
      readonly epoch: string;
      readonly number: number;
    }
  | {
      readonly kind: 'message';
      readonly room: string;
      readonly user: string;
      readonly text: string;
    }
  | { readonly kind: 'subbed' | 'direct'; readonly user: string; readonly text: string }
  | { readonly kind: 'entered' | 'left'; readonly room: string; readonly user: string }
  /** An answer to what was asked. */
  | { readonly kind: 'error'; readonly outcome: 'refused' | 'unknown' }
  /** Tells what befell the session or the connection, unasked. */
  | { readonly kind: 'notice' }
  | { readonly kind: 'other' };

/** The errors that answer nothing, by how they begin. */
const notices: readonly string[] = [
  'ERROR: Session taken over from another connection.',
  'ERROR: Your session has ended.',
  'ERROR: This server is stopping.',
  'ERROR: This server was out of touch',
  'ERROR: You read too slowly',
  'ERROR: Login timed out.',
  'ERROR: The log was set back',
  'ERROR: This account is suspended.',
];

/** How the error begins that leaves open whether a message was stored. */
const unknownOutcome = 'ERROR: Not confirmed:';

export function readServerLine(line: string): ServerLine {
  if (line.startsWith('[')) return readShown(line);
  if (line.startsWith('STORED ')) {
    const [, room, epoch, number] = /^STORED (\S+) (\S+) (\d+)$/.exec(line) ?? [];
    if (room === undefined || epoch === undefined) return { kind: 'other' };
    return { kind: 'stored', room, epoch, number: Number(number) };
  }
  if (line.startsWith('SUCCESS: ')) return readSuccess(line);
  if (line.startsWith('ERROR: ')) {
    if (notices.some((notice) => line.startsWith(notice))) return { kind: 'notice' };
    return { kind: 'error', outcome: line.startsWith(unknownOutcome) ? 'unknown' : 'refused' };
  }
  return { kind: line.startsWith('AUTH_REQUIRED:') ? 'authRequired' : 'other' };
}

/** `[room] user: text`, and what stands in the place of the room or the user. */
function readShown(line: string): ServerLine {
  const roomEnd = line.indexOf('] ');
  const userEnd = line.indexOf(': ', roomEnd);
  if (roomEnd < 0 || userEnd < 0) return { kind: 'other' };
  const room = line.slice(1, roomEnd);
  const user = line.slice(roomEnd + 2, userEnd);
  const text = line.slice(userEnd + 2);
  if (room === 'Subbed') return { kind: 'subbed', user, text };
  if (room === 'DM') return { kind: 'direct', user, text };
  if (user !== 'Server') return { kind: 'message', room, user, text };
  const [, who, what] = /^(\S+) (joined|left)\.$/.exec(text) ?? [];
  if (who === undefined) return { kind: 'other' };
  return { kind: what === 'joined' ? 'entered' : 'left', room, user: who };
}

function readSuccess(line: string): ServerLine {
  const [, user, lobby] = /^SUCCESS: Welcome (\S+)\. You are in (\S+)\.$/.exec(line) ?? [];
  if (user !== undefined && lobby !== undefined) return { kind: 'welcome', user, room: lobby };
  const [, room] = /^SUCCESS: Joined (\S+)$/.exec(line) ?? [];
  if (room !== undefined) return { kind: 'joined', room };
  return { kind: /^SUCCESS: Goodbye\b/.test(line) ? 'goodbye' : 'other' };
}
