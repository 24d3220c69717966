// Shows what is said in one's rooms, and says in one of them what it reads, a line a message.
// Nothing is missed, and nothing said twice, when the connection breaks or the server stops.
//
//   PASSWORD=password123 node docs/examples/room.mjs wss://localhost:8443/ws alice lobby
//
// Node has to trust the server's certificate: NODE_EXTRA_CA_CERTS=certs/ca.crt.
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

const [url, user, room] = process.argv.slice(2);
/** What it takes to go on with the session: its token and the last cursor. */
let session;
let isOnline = false;
let hasReadAll = false;
let failures = 0;
let socket;
/** Counts what was said in this session. */
let sequence = 0;
/** What was said and is not answered yet, by its sequence, in order. */
const unanswered = new Map();
/** Until a message is sent again of which nobody knows whether it was stored. */
const againMs = 500;
/** The last event that was seen of each room: its number, and the epoch that it is of. */
const seen = new Map();

connect();
createInterface({ input: process.stdin })
  .on('line', (text) => {
    unanswered.set(++sequence, text);
    if (isOnline) say(sequence, text);
  })
  .on('close', () => {
    hasReadAll = true;
    leaveWhenDone();
  });

function connect() {
  socket = new WebSocket(url, 'securechat.v1');
  socket.on('message', (data) => receive(JSON.parse(data)));
  // The close that follows does what is to be done.
  socket.on('error', (error) => console.error(error.message));
  socket.on('close', closed);
}

function receive(frame) {
  if (frame.type === 'hello') greet();
  else if (frame.type === 'ok') answered(frame);
  else if (frame.type === 'error') refused(frame);
  // Everything before it has been dealt with.
  else if (frame.type === 'cursor') session.cursor = frame.cursor;
  else if (frame.type === 'gap') frame.rooms.forEach((missing) => skip(frame.reason, missing));
  // Whatever else has a number is an event of a room that the session is in.
  else if (frame.number !== undefined && frame.type !== 'followed' && frame.type !== 'direct')
    show(frame);
}

function greet() {
  if (session !== undefined) send({ type: 'resume', id: 'session', ...session });
  else send({ type: 'login', id: 'session', user, password: process.env.PASSWORD });
}

function answered({ id, token, cursor }) {
  if (id === 'session') {
    session = { token, cursor };
    failures = 0;
    // To join a room that the session is in changes nothing.
    send({ type: 'join', id: 'join', room });
  } else if (id === 'join') {
    isOnline = true;
    // The same numbers again: what was stored before is answered, and not stored twice.
    for (const [number, text] of unanswered) say(number, text);
    leaveWhenDone();
  } else {
    unanswered.delete(Number(id));
    leaveWhenDone();
  }
}

function say(number, text) {
  send({ type: 'say', id: String(number), room, text, sequence: number });
}

function refused({ id, code, message, retryAfterMs }) {
  console.error(`${code}: ${message}`);
  // About no request: the close that follows says what to do.
  if (id === undefined) return;
  if (id !== 'session' && id !== 'join')
    messageRefused(Number(id), code === 'OutcomeUnknown' ? againMs : retryAfterMs);
  // For now only: another connection tries again.
  else if (retryAfterMs !== undefined) socket.close();
  // The session is over, and with it what its numbers stood for.
  else if (id === 'session' && session !== undefined) forget(greet);
  else process.exit(1);
}

/** Refused for now, or nobody knows: the same under its number again is stored once. */
function messageRefused(number, waitMs) {
  const text = unanswered.get(number);
  if (waitMs === undefined) {
    unanswered.delete(number);
    return leaveWhenDone();
  }
  setTimeout(() => {
    if (isOnline && unanswered.get(number) === text) say(number, text);
  }, waitMs);
}

function show(frame) {
  const { room: name, epoch, number } = frame;
  const last = seen.get(name);
  // After a resume, what followed the last cursor may come again.
  if (last?.epoch === epoch && number <= last.number) return;
  seen.set(name, { epoch, number });
  if (frame.type === 'message') console.log(`[${name}] ${number} ${frame.user}: ${frame.text}`);
}

function skip(reason, { room: name, epoch, from, to }) {
  console.error(`[${name}] missing from ${from} to ${to ?? 'the end'} (${reason})`);
  seen.set(name, { epoch, number: to ?? from - 1 });
}

/** 42xx: not wanted here; 41xx: log in again; anything else: come back and go on. */
function closed(code, reason) {
  isOnline = false;
  if (code >= 4200 && code < 4300) {
    if (code !== 4200) console.error(String(reason));
    process.exit(code === 4200 ? 0 : 1);
  }
  const longestMs = Math.min(15_000, 250 * 2 ** failures++);
  const comeBack = () => setTimeout(connect, Math.random() * longestMs);
  if (code >= 4100 && code < 4200) forget(comeBack);
  else comeBack();
}

function forget(next) {
  for (const text of unanswered.values()) console.error(`not known whether it was said: ${text}`);
  unanswered.clear();
  seen.clear();
  sequence = 0;
  session = undefined;
  next();
}

function leaveWhenDone() {
  if (hasReadAll && isOnline && unanswered.size === 0) send({ type: 'logout', id: 'logout' });
}

function send(frame) {
  socket.send(JSON.stringify(frame));
}
