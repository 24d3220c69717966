import type { ScriptedChat } from './scripted-chat.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** alice's account, with nothing else on the server. */
export function emptyServer(chat: ScriptedChat): void {
  chat.account('alice');
}

/** A room of this many messages, by several people over some days. */
export function roomOf(chat: ScriptedChat, name: string, count: number): void {
  const people = ['bob', 'carol', 'dave', 'eve', 'alice'];
  const begin = Date.now() - count * 3 * minuteMs;
  for (const person of people) chat.account(person);
  const room = chat.room(name);
  for (const person of people) room.members.add(person);
  for (let index = 1; index <= count; index++) {
    const person = people[Math.floor(index / 3) % people.length] ?? 'bob';
    room.said(
      person,
      `Message ${index}${tails[index % tails.length]}`,
      begin + index * 3 * minuteMs,
    );
  }
}

const tails = [
  '',
  ', which says a little more than the one before it and may take up a second line on a phone.',
  '.',
  ': yes',
  '\nwith a line of its own',
];

/** What a small company might say on a working day. */
export function busyDay(chat: ScriptedChat): void {
  for (const person of ['alice', 'bob', 'carol', 'dave', 'eve', 'mallory-of-the-night-shift'])
    chat.account(person);
  const now = Date.now();
  const lobby = chat.room('lobby');
  for (const person of ['alice', 'bob', 'carol', 'dave', 'mallory-of-the-night-shift'])
    lobby.members.add(person);
  const yesterday = now - 26 * hourMs;
  lobby.said('bob', 'The release is out. Thanks, everybody!', yesterday);
  lobby.said('carol', 'Well done. Cake in the kitchen at four.', yesterday + minuteMs);
  lobby.passed('joined', 'eve', yesterday + 2 * minuteMs);
  lobby.said('eve', 'Is there a write-up of what changed?', yesterday + 3 * minuteMs);
  lobby.said(
    'bob',
    'Here: https://example.org/releases/2026-11 (the part on resuming is the one to read).',
    yesterday + 4 * minuteMs,
  );
  lobby.passed('left', 'eve', yesterday + 30 * minuteMs);
  const morning = now - 2 * hourMs;
  lobby.said('dave', 'Good morning. Who looks at the certificate that ends on Friday?', morning);
  lobby.said('alice', 'I do. It is renewed and waits for a restart.', morning + 2 * minuteMs);
  lobby.said(
    'alice',
    'I will take the two servers one after the other at noon.',
    morning + 2.5 * minuteMs,
  );
  lobby.said(
    'carol',
    'Then nobody should notice:\n1. stop the first, its people go on with the second\n2. start it, wait until it says ready\n3. the same with the second',
    morning + 6 * minuteMs,
  );
  lobby.said('dave', 'שלום, צהריים טוב לכולם! אני כאן אם צריך עזרה.', morning + 10 * minuteMs);
  lobby.said(
    'mallory-of-the-night-shift',
    'I am off to bed, wake me if it burns.',
    morning + 12 * minuteMs,
  );
  lobby.said('carol', 'Sleep well.', morning + 13 * minuteMs);
  lobby.passed('joined', 'bob', now - 20 * minuteMs);
  lobby.said(
    'bob',
    'Back. I watched it from the train: not one message missing.',
    now - 18 * minuteMs,
  );
  lobby.said(
    'carol',
    'Same here, and the order was the same on both screens.',
    now - 16 * minuteMs,
  );
  otherRooms(chat, now);
  lobby.read.set('alice', lobby.number - 2);
  chat.account('alice').following.add('eve');
}

function otherRooms(chat: ScriptedChat, now: number): void {
  const design = chat.room('Design');
  for (const person of ['alice', 'carol', 'eve']) design.members.add(person);
  design.said('eve', 'Amber for what is new, pine for all the rest?', now - 50 * minuteMs);
  design.read.set('alice', 0);
  const ops = chat.room('Betrieb-Nachtschicht.und.Bereitschaft');
  for (const person of ['alice', 'dave']) ops.members.add(person);
  ops.said('alice', 'Backup of the log is checked, see the usual place.', now - 5 * hourMs);
  ops.read.set('alice', 1);
  const arabic = chat.room('غرفة_المطورين');
  arabic.members.add('alice');
  arabic.said('dave', 'مرحبا، هل وصلت الرسالة رقم 17؟', now - 3 * hourMs);
  arabic.read.set('alice', 1);
  const readers = chat.room('reading-circle');
  for (const person of ['eve', 'bob']) readers.members.add(person);
}

/** What is hard to show: names and words without an end, other directions, many lines. */
export function hardTexts(chat: ScriptedChat): void {
  const long = 'a-very-long-user-name-of-32-char';
  for (const person of ['alice', 'bob', long]) chat.account(person);
  const room = chat.room('Ein_Raum_dessen_Name_fünfzig_Zeichen_lang_ist_.....');
  for (const person of ['alice', 'bob', long]) room.members.add(person);
  const now = Date.now();
  const texts = [
    'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(4),
    `https://example.org/${'path/'.repeat(60)}?query=${'x'.repeat(200)}`,
    'English, then עברית באמצע המשפט, then English again (and a bracket).',
    'مرحبا بالعالم! This begins in Arabic and goes on in English.',
    '\u202Ereversed by an override\u202C and back',
    '日本語の長い文章は、空白がなくても正しく折り返されなければなりません。'.repeat(4),
    '👩‍👩‍👧‍👦🏳️‍🌈 emoji 🎉🎉🎉',
    '<script>alert(1)</script> <b>not bold</b> &amp; "quotes"',
    'one\n\n\ntwo\n\tthree with a tab',
    'Z̸̧̛̮͎a̶͍͛l̵̰̈́g̷̝̈́o̵̫͋ marks on marks',
  ];
  for (const [index, text] of texts.entries())
    room.said(index % 3 === 0 ? long : 'bob', text, now - (60 - index * 6) * minuteMs);
  room.read.set('alice', room.number);
}
