import { test } from 'tap';
import { Story } from './story.ts';
import { expectFindings, judge, lineOf, placed } from './verdict.ts';

/** Alice, whose client is connected, and bob. */
function twoInLobby(): Story {
  const story = new Story();
  story.login('alice');
  story.login('bob');
  return story;
}

await test('P1: an acked message that is not in the log is found', async () => {
  const story = twoInLobby();
  story.say('alice', 'lost', { stored: 0, receipt: { number: 9 } });
  const line = lineOf(story, 'alice', { kind: 'ok', number: 9 });
  await expectFindings(story, ['P1 ackedLost', { client: 'alice', connection: 1, line }]);
});

await test('P1: an ack with the wrong number, room or epoch is found', async () => {
  for (const receipt of [{ number: 77 }, { room: 'attic' }, { epoch: 'another' }]) {
    const story = twoInLobby();
    story.say('alice', 'm1', { receipt });
    const line = lineOf(story, 'alice', { kind: 'ok' });
    const place = { client: 'alice', line, ...placed(story.log.withText('m1')) };
    await expectFindings(story, ['P1 ackedElsewhere', place]);
  }
});

await test('P1: an acked message of which another message has the place is found', async () => {
  const story = twoInLobby();
  story.say('alice', 'm1', { answer: 'none' });
  const { revision, ...record } = story.log.withText('m1');
  story.say('alice', 'lost', { stored: 0, receipt: { number: revision } });
  const line = lineOf(story, 'alice', { kind: 'ok' });
  await expectFindings(story, ['P1 ackedLost', { line, position: record.position }]);
});

await test('P1: a message in the log as by somebody else is found', async () => {
  const story = twoInLobby();
  story.say('alice', 'm1', { storedBy: 'bob' });
  const line = lineOf(story, 'alice', { kind: 'invoke' });
  const place = { client: 'alice', line, ...placed(story.log.withText('m1')) };
  await expectFindings(story, ['P1 wrongAuthor', place]);
});

await test('P1: a receipt that answers no message is found', async () => {
  const story = twoInLobby();
  story.client('alice').sees({ kind: 'stray', line: 'STORED lobby epoch-1 4' });
  const line = lineOf(story, 'alice', { kind: 'stray' });
  await expectFindings(story, ['P1 strayReceipt', { client: 'alice', line }]);
});

await test('P2: a refused message that is in the log is found', async () => {
  const story = twoInLobby();
  story.say('alice', 'm1', { answer: 'error' });
  const line = lineOf(story, 'alice', { kind: 'error' });
  const place = { client: 'alice', line, ...placed(story.log.withText('m1')) };
  await expectFindings(story, ['P2 refusedStored', place]);
});

await test('P2: a message that is in the log twice is found, however it was answered', async () => {
  for (const answer of ['ok', 'unknown', 'none'] as const) {
    const story = twoInLobby();
    const number = story.log.revision('room:lobby') + 1;
    story.say('alice', 'm1', { stored: 2, answer, receipt: { number }, shownTo: [] });
    story.client('bob').sees({ kind: 'message', room: 'lobby', user: 'alice', text: 'm1' });
    await expectFindings(
      story,
      ['P2 storedTwice', placed(story.log.withText('m1'))],
      // Bob was shown one of the two.
      ['P4 missed', { client: 'bob', ...placed(story.log.withText('m1')) }],
    );
  }
});

await test('P2: a message that nobody sent is found', async () => {
  const story = twoInLobby();
  story.land('alice', 'alien');
  await expectFindings(story, ['P2 alienMessage', placed(story.log.withText('alien'))]);
});

await test('P2: a message that was shown and is not in the log is found', async () => {
  const story = twoInLobby();
  story.client('bob').sees({ kind: 'message', room: 'lobby', user: 'alice', text: 'ghost' });
  const line = lineOf(story, 'bob', { text: 'ghost' });
  await expectFindings(story, ['P2 receivedNotStored', { client: 'bob', line }]);
});

await test('P2: a message that lands in another room than it was sent to is found', async () => {
  const story = twoInLobby();
  story.say('alice', 'm1', { storedIn: 'attic', receipt: { room: 'attic' } });
  const place = placed(story.log.withText('m1'));
  const line = lineOf(story, 'alice', { kind: 'invoke' });
  await expectFindings(
    story,
    ['P2 wrongRoom', { client: 'alice', line, ...place }],
    ['P5 postedByStranger', place],
  );
});

await test('P3: what a connection sent and the log has in another order is found', async () => {
  const story = twoInLobby();
  story.say('alice', 'm1', { stored: 0, answer: 'none' });
  story.say('alice', 'm2');
  story.land('alice', 'm1');
  const line = lineOf(story, 'alice', { kind: 'invoke', text: 'm2' });
  const place = { client: 'alice', line, ...placed(story.log.withText('m2')) };
  await expectFindings(story, ['P3 sentOutOfOrder', place]);
});

await test('an unknown outcome is no fault, whether or not the message is stored', async (t) => {
  const story = twoInLobby();
  story.say('alice', 'm1', { answer: 'unknown' });
  story.say('alice', 'm2', { answer: 'unknown', stored: 0 });
  story.say('alice', 'm3', { answer: 'none' });
  story.say('alice', 'm4', { answer: 'error', stored: 0 });
  story.say('alice', 'm5');
  const { ok, totals } = await judge(story);
  t.ok(ok);
  t.has(totals, { sent: 5, ok: 1, refused: 1, unknown: 3, unknownStored: 2, messages: 3 });
});

await test('histories that cannot be judged are said to be so', async () => {
  const repeated = twoInLobby();
  repeated.say('alice', 'same', { stored: 0, answer: 'error' });
  repeated.say('bob', 'same', { stored: 0, answer: 'error' });
  const again = lineOf(repeated, 'bob', { kind: 'invoke' });
  await expectFindings(repeated, ['history textTwice', { client: 'bob', line: again }]);
  const answered = twoInLobby();
  answered.say('alice', 'm1');
  answered.client('alice').sees({ kind: 'error', message: 1, text: 'ERROR: Late.' });
  const line = lineOf(answered, 'alice', { kind: 'error' });
  await expectFindings(answered, ['history answeredTwice', { client: 'alice', line }]);
});
