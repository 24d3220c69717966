import { test } from 'tap';
import { Story } from './story.ts';
import { expectFindings, judge, lineOf, placed } from './verdict.ts';

/** Alice, bob and carol in the lobby; so many messages of alice's so far. */
function lobby(messages = 0): Story {
  const story = new Story();
  for (const user of ['alice', 'bob', 'carol']) story.login(user);
  for (let number = 1; number <= messages; number++) story.say('alice', `m${number}`);
  return story;
}

const byAlice = { kind: 'message', room: 'lobby', user: 'alice' } as const;

await test('P3: two messages that reached one member the wrong way round are found', async () => {
  const story = lobby(2);
  const bob = story.client('bob');
  bob.hold();
  story.say('alice', 'late');
  story.say('alice', 'early');
  bob.release((held) => held.toReversed());
  story.say('alice', 'm5');
  const line = lineOf(story, 'bob', { text: 'late' });
  const place = { client: 'bob', line, ...placed(story.log.withText('late')) };
  await expectFindings(story, ['P3 receivedOutOfOrder', place]);
});

await test('P3: an answer to a join that comes after messages behind it is found', async () => {
  const story = lobby();
  story.join('alice', 'attic');
  const bob = story.client('bob');
  bob.hold();
  story.join('bob', 'attic');
  story.say('alice', 'm1');
  bob.release((held) => held.toReversed());
  const line = lineOf(story, 'bob', { kind: 'joined' });
  await expectFindings(story, ['P3 receivedOutOfOrder', { client: 'bob', line }]);
});

await test('P4: a message that one member missed in the middle is found', async () => {
  const story = lobby(2);
  story.say('alice', 'missed', { shownTo: ['bob'] });
  story.say('alice', 'm4');
  const line = lineOf(story, 'carol', { text: 'm4' });
  const place = { client: 'carol', connection: 1, line, ...placed(story.log.withText('missed')) };
  await expectFindings(story, ['P4 missed', place]);
});

await test('P4: a message missed at the end is found, if the client had it all', async () => {
  const story = lobby(2);
  story.say('alice', 'last', { shownTo: ['bob'] });
  const place = placed(story.log.withText('last'));
  story.finish();
  const line = lineOf(story, 'carol', { kind: 'closed' });
  await expectFindings(story, ['P4 missed', { client: 'carol', line, ...place }]);
});

await test('P4: a connection that broke received a beginning, and that is no fault', async (t) => {
  const story = lobby(2);
  story.client('bob').hangUp();
  story.say('alice', 'm3');
  story.disconnect('bob');
  story.say('alice', 'm4');
  story.login('bob');
  story.say('alice', 'm5');
  t.ok((await judge(story)).ok);
});

await test('P4: a receipt of its own proves what a client must have seen before', async () => {
  const story = lobby(1);
  story.say('alice', 'unseen', { shownTo: ['carol'] });
  story.say('bob', 'mine');
  story.client('bob').hangUp();
  const line = lineOf(story, 'bob', { kind: 'ok' });
  await expectFindings(story, ['P4 missed', { client: 'bob', line }]);
});

await test('P4: a goodbye proves that a client was shown all of its session', async () => {
  const story = lobby(1);
  story.say('alice', 'unseen', { shownTo: ['carol'] });
  story.logout('bob');
  const line = lineOf(story, 'bob', { kind: 'goodbye' });
  await expectFindings(story, ['P4 missed', { client: 'bob', line }]);
});

await test('P4: a member who was shown nothing at all is found', async () => {
  const story = lobby();
  story.say('alice', 'm1', { shownTo: ['bob'] });
  story.say('alice', 'm2', { shownTo: ['bob'] });
  await expectFindings(
    story,
    ['P4 missed', { client: 'carol', ...placed(story.log.withText('m1')) }],
    ['P4 missed', { client: 'carol', ...placed(story.log.withText('m2')) }],
  );
});

await test('P4: a message shown twice is found', async () => {
  const story = lobby(2);
  story.client('bob').sees({ ...byAlice, text: 'm1' });
  const line = lineOf(story, 'bob', { text: 'm1' });
  const place = { client: 'bob', line, ...placed(story.log.withText('m1')) };
  await expectFindings(story, ['P4 deliveredTwice', place]);
});

await test('P4: a message shown to its own author is found', async () => {
  const story = lobby(2);
  story.client('alice').sees({ ...byAlice, text: 'm2' });
  const line = lineOf(story, 'alice', { kind: 'message' });
  const place = { client: 'alice', line, ...placed(story.log.withText('m2')) };
  await expectFindings(story, ['P4 ownEcho', place]);
});

await test('P5: a message from before joining is found', async () => {
  const story = lobby(2);
  story.login('dave');
  story.client('dave').sees({ ...byAlice, text: 'm2' });
  story.say('alice', 'm3');
  const line = lineOf(story, 'dave', { text: 'm2' });
  const place = { client: 'dave', line, ...placed(story.log.withText('m2')) };
  await expectFindings(story, ['P5 deliveredBeforeJoining', place]);
});

await test('P5: a message from after leaving is found', async () => {
  const story = lobby(1);
  story.join('bob', 'attic');
  story.say('alice', 'm2');
  story.client('bob').sees({ ...byAlice, text: 'm2' });
  const line = lineOf(story, 'bob', { text: 'm2' });
  const place = { client: 'bob', line, ...placed(story.log.withText('m2')) };
  await expectFindings(story, ['P5 deliveredAfterLeaving', place]);
});

await test('P5: a message of a room that the client was never in is found', async () => {
  const story = lobby();
  story.join('carol', 'attic');
  story.say('carol', 'm1');
  const toBob = { kind: 'message', room: 'attic', user: 'carol', text: 'm1' } as const;
  story.client('bob').sees(toBob);
  const place = { client: 'bob', line: lineOf(story, 'bob', toBob) };
  await expectFindings(story, ['P5 deliveredToStranger', place]);
});

await test('P5: a message under the wrong name or room is found', async () => {
  for (const wrong of [{ room: 'attic' }, { user: 'carol' }]) {
    const story = lobby();
    story.say('alice', 'm1', { shownTo: ['carol'] });
    story.client('bob').sees({ ...byAlice, ...wrong, text: 'm1' });
    const line = lineOf(story, 'bob', { text: 'm1' });
    await expectFindings(story, ['P5 wrongPrefix', { client: 'bob', line }]);
  }
});

await test('P5: [Subbed] for somebody who does not follow, or does no more, is found', async () => {
  for (const followedOnce of [false, true]) {
    const story = lobby();
    story.join('bob', 'attic');
    if (followedOnce) story.follow('bob', 'alice');
    if (followedOnce) story.unfollow('bob', 'alice');
    story.say('alice', 'm1');
    story.client('bob').sees({ kind: 'subbed', user: 'alice', text: 'm1' });
    const line = lineOf(story, 'bob', { text: 'm1' });
    const place = { client: 'bob', line, ...placed(story.log.withText('m1')) };
    await expectFindings(story, ['P5 subbedWithoutFollowing', place]);
  }
});

await test('P5: [Subbed] for a follower who is in the room is found', async () => {
  const story = lobby();
  story.follow('bob', 'alice');
  story.say('alice', 'm1', { shownTo: ['carol'] });
  story.client('bob').sees({ kind: 'subbed', user: 'alice', text: 'm1' });
  const line = lineOf(story, 'bob', { text: 'm1' });
  await expectFindings(story, ['P5 subbedToMember', { client: 'bob', line }]);
});

await test("P5: a followed user's message that did not come is found", async () => {
  const story = lobby();
  story.follow('bob', 'alice');
  story.join('alice', 'attic');
  story.say('alice', 'm1', { shownTo: [] });
  const place = { client: 'bob', ...placed(story.log.withText('m1')) };
  await expectFindings(story, ['P5 subbedMissed', place]);
});

await test('P5: an answer to a join that the log does not have is found', async () => {
  const story = lobby();
  story.client('bob').sees({ kind: 'joined', room: 'attic' });
  const line = lineOf(story, 'bob', { kind: 'joined' });
  await expectFindings(story, ['P5 joinNotLogged', { client: 'bob', line }]);
});

await test('a notice that did not come, and one that came twice, are found', async (t) => {
  const missed = lobby();
  const bob = missed.client('bob');
  bob.hold();
  missed.join('carol', 'attic');
  bob.release(() => []);
  missed.say('alice', 'm1');
  const behind = lineOf(missed, 'bob', { text: 'm1' });
  const place = { client: 'bob', line: behind, ...placed(missed.log.ofType('RoomLeft')) };
  await expectFindings(missed, ['notices noticeMissed', place]);
  const twice = lobby();
  twice.join('carol', 'attic');
  twice.client('bob').sees({ kind: 'left', room: 'lobby', user: 'carol' });
  twice.say('alice', 'm1');
  const line = lineOf(twice, 'bob', { kind: 'left' });
  await expectFindings(twice, ['notices noticeAlien', { client: 'bob', line }]);
  t.ok((await judge(twice, { notices: false })).ok, 'unless notices are not judged');
});
