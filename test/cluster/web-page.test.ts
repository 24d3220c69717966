import { test } from 'tap';

import { until } from '../support/until.ts';
import { Talker } from './talker.ts';
import { passes } from './time.ts';
import { startStage } from './web-page/stage.ts';
import type { Visitor } from './web-page/visitor.ts';

const withinMs = 30_000;
const outageMs = 10_000;
/** So slowly that all that is said meanwhile stays on the page. */
const carolThinksMs = 100;
const told = 500;
/** Some reach a page of history, others wait for it to be drawn. */
const wheelsMax = 2_000;
const [annsWord, bensWord, carolsWord] = ['Harbour-light-7', 'Lantern-room-3', 'Signal-flag-11'];

// One evening: what one test leaves is what the next begins with.
const stage = await startStage();
const ann = await stage.visitor('ann', 0, 0);
const ben = await stage.visitor('ben', 1, 1);
const carol = await stage.registered('carol', carolsWord, 1);

await test('two people register in their browsers, on two servers', async () => {
  await ann.register(annsWord);
  await ann.isConnectedTo('one');
  await ben.register(bensWord);
  await ben.isConnectedTo('two');
  await ann.sees('ben joined');
});

await test('they talk in a room with a line client, and all see one order', async (t) => {
  await ann.join('Harbour');
  await ben.join('Harbour');
  carol.send('/join Harbour');
  await carol.sees('SUCCESS: Joined Harbour');
  await ann.say('Is the tide in?');
  await carol.sees('[Harbour] ann: Is the tide in?');
  await ben.showsLast('Is the tide in?');
  await ben.say('Since six.');
  await carol.sees('[Harbour] ben: Since six.');
  carol.send('Then we sail at eight.');
  for (const visitor of [ann, ben]) {
    await visitor.showsLast('Then we sail at eight.');
    t.strictSame(await visitor.shown(), await stage.stored('harbour'), visitor.name);
  }
});

await test('one follows a line client from her name, and reads her from another room', async (t) => {
  await ann.press('carol');
  await ann.choose('Follow');
  await ann.page.getByTitle('You follow them').first().waitFor();
  carol.send('/join Chandlery', 'Rope is cheap today.');
  await ann.listed('Following').getByText('1 unread').waitFor();
  await ann.open('Following');
  const row = ann.page.locator('.message', { hasText: 'Rope is cheap today.' });
  t.match(await row.locator('.subbed').textContent(), /Subbed.*Chandlery/);
  carol.send('/join Harbour');
  await carol.sees('SUCCESS: Joined Harbour');
});

await test('direct messages go both ways, and to and from a terminal', async (t) => {
  await ann.open('Harbour');
  await ann.press('ben');
  await ann.choose('Send a direct message');
  await ann.hasOpen('ben');
  await ann.say('Bring the charts.');
  await ben.listed('ann').getByText('1 unread').waitFor();
  await ben.sees('Bring the charts.');
  await ben.open('ann');
  await ben.say('They are aboard.');
  await ann.showsLast('They are aboard.');
  const texts = (await ann.shown()).map(({ text }) => text);
  t.strictSame(texts, ['Bring the charts.', 'They are aboard.']);
  carol.send('/msg ann I have the key.');
  await ann.open('carol');
  await ann.showsLast('I have the key.');
  await ann.say('Keep it.');
  await carol.sees('[DM] ann: Keep it.');
});

await test('one scrolls back through 500 messages, and none is missing or twice', async (t) => {
  carol.send('/join Logbook', '/receipts on');
  carol.send(...Array.from({ length: told }, (_, index) => `Entry ${index + 1}`));
  await carol.seesMatching(new RegExp(`^STORED Logbook \\S+ ${told + 1}$`));
  carol.send('/receipts off', '/join Harbour');
  await carol.sees('SUCCESS: Joined Harbour');
  await ann.join('Logbook');
  await ann.shows(`Entry ${told}`);
  await ann.page.mouse.move(700, 400);
  // Only what is near to what is read is on the page.
  const stored = await stage.stored('logbook');
  const seen = new Set<number>();
  for (let wheels = 0; !seen.has(0); wheels++) {
    if (wheels > wheelsMax) throw new Error('the first entry does not come in sight');
    const shown = await ann.shown();
    const from = stored.findIndex(({ number }) => number === shown[0]?.number);
    t.strictSame(shown, stored.slice(from, from + shown.length));
    for (const place of shown.keys()) seen.add(from + place);
    await ann.page.mouse.wheel(0, -2_000);
  }
  t.equal(seen.size, told);
  await ann.page.locator('.first').waitFor();
});

await test('a page whose server is killed goes on on the other, and misses and doubles nothing', async (t) => {
  await ann.open('Harbour');
  await ben.open('Harbour');
  const talker = new Talker('carol', carol, carolThinksMs);
  const talking = talker.talks();
  await ann.shows('carol says 5');
  await stage.process(0).kill9();
  await ann.say('Whose light is that?');
  await ben.say('The pilot’s.');
  await ann.isConnectedTo('two');
  await ann.say('I see it now.');
  const before = talker.stored;
  await until(() => talker.stored > before + 5, { what: 'carol to go on', withinMs });
  talker.stop();
  await talking;
  for (const visitor of [ann, ben]) {
    await visitor.showsLast('carol ends');
    t.strictSame(await visitor.shown(), await stage.stored('harbour'), visitor.name);
  }
  t.equal(talker.refused, 0, 'carol, on the other server, noticed nothing');
  await stage.process(0).restart();
});

await test('whoever is logged in elsewhere takes over, and a wrong password does not', async (t) => {
  const second = await stage.visitor('ann', 1, 0);
  await second.enter(annsWord);
  await second.sees('You are logged in somewhere else');
  await second.press('Use here');
  await second.isIn();
  await second.isConnectedTo('one');
  await ann.sees('ann, you are logged in somewhere else');

  await ann.press('Use here');
  await ann.enter('Harbour-light-8');
  await ann.sees('Invalid credentials.');
  t.ok(await second.page.locator('.chat').isVisible(), 'the other goes on');
  await ann.enter(annsWord);
  await ann.isIn();
  await second.sees('ann, you are logged in somewhere else');

  const terminal = await stage.lineClient(1);
  terminal.send(`LOGIN ann ${annsWord} TAKEOVER`);
  await terminal.sees('SUCCESS: Welcome ann. You are in lobby.');
  await ann.sees('ann, you are logged in somewhere else');
  await ann.press('Use here');
  await ann.enter(annsWord);
  await ann.isIn();
  await terminal.sees('ERROR: Session taken over from another connection.');
  await terminal.closes();
});

await test('while Redis is away a page says what was not sent, and it can be sent when Redis is back', async (t) => {
  await ann.open('Harbour');
  await ann.showsLast('carol ends');
  await stage.cluster.redis.pause();
  const words = ['The lamp is out.', 'Can you hear me?'];
  for (const word of words) await ann.say(word);
  await ann.sees('Sending');
  for (const visitor of [ann, ben]) await visitor.sees('cannot reach the chat’s memory');
  await passes(outageMs);
  await ann.page.locator('.failure').nth(1).waitFor();
  t.strictSame(await unsettled(ann), words, 'nothing is shown as stored');
  t.notOk(
    (await ben.shown()).some(({ text }) => words.includes(text)),
    'nobody has read it',
  );
  stage.cluster.redis.resume();

  const isThere = async (): Promise<boolean> => {
    const again = ann.page.getByRole('button', { name: 'Try again' });
    if (await again.first().isVisible()) await again.first().click();
    return (await unsettled(ann)).length === 0;
  };
  await until(isThere, { what: 'all that was typed to be stored', withinMs });
  await ben.say('Loud and clear.');
  for (const visitor of [ann, ben]) {
    await visitor.showsLast('Loud and clear.');
    t.strictSame(await visitor.shown(), await stage.stored('harbour'), visitor.name);
    await visitor.sees(/^Connected to/);
    t.equal(await visitor.page.locator('.link-status').count(), 0, visitor.name);
  }
});

await test('in all this time no page complained, and no server logged an error', (t) => {
  t.strictSame(stage.complaints, []);
  t.strictSame(
    stage.cluster.processes.flatMap(({ complaints }) => complaints),
    [],
  );
  t.end();
});

await stage[Symbol.asyncDispose]();

/** What stands on the page and is not known to be stored. */
async function unsettled(visitor: Visitor): Promise<readonly string[]> {
  const shown = await visitor.shown();
  return shown.filter(({ number }) => number === undefined).map(({ text }) => text);
}
