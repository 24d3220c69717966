// Takes the pictures in the README: of the page, on a desk and a phone, and of the terminal client.
//
//   node scripts/screenshots.mjs [folder]       docs/images unless told otherwise
//
// All of it is real: a chat server in a folder of its own, people with accounts, and what they say
// (screenshots/conversation.mjs). Only the clock of the server is put back while something is said
// that was said earlier.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { WebSocket } from 'ws';

import { mainFile, startServe } from '../dist/test/cli/cli-process.js';
import { startBrowser } from '../dist/test/support/browser.js';
import { FrameClient } from '../dist/test/support/frame-client.js';
import { freePort } from '../dist/test/support/free-port.js';
import { startInTmux } from '../dist/test/support/tmux.js';
import { days, people, reader, terminal } from './screenshots/conversation.mjs';
import { terminalPage } from './screenshots/terminal-page.mjs';

const [images = fileURLToPath(new URL('../docs/images/', import.meta.url))] = process.argv.slice(2);
const hourMs = 3_600_000;
/** The hour of the last pictures: people do not repair bicycles at night. */
const hourShown = 14;
/** Of 100: letters stay sharp. */
const pictureQuality = 90;
const password = 'a-good-long-password';
const desk = { width: 1_280, height: 760 };
const phone = { width: 390, height: 780 };
const terminalSize = { columns: 84, rows: 20 };

const folder = mkdtempSync(join(tmpdir(), 'securechat-screenshots-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
mkdirSync(images, { recursive: true });
const port = await freePort();
const webPort = await freePort();
/** Of the last message. */
let sequence = 0;

for (const [index, day] of days.entries()) {
  const stop = await startServer(day.hoursAgo);
  const talkers = await everybody(index === 0);
  const isNow = index === days.length - 1;
  // Whoever looks at the page is away while the last is said.
  if (isNow) await end(talkers, reader);
  const pane = isNow ? await openTerminal(talkers) : undefined;
  await talk(talkers, day.said);
  if (pane !== undefined) await takePictures(pane, () => talk(talkers, day.meanwhile));
  for (const name of talkers.keys()) await end(talkers, name);
  await stop();
}
process.exit(0);

async function startServer(hoursAgo) {
  const flags = ['--name', 'north', '--port', String(port), '--web-port', String(webPort)];
  const clock = `const now = Date.now; Date.now = () => now() - ${hoursAgo * hourMs};`;
  const node = ['--import', `data:text/javascript,${encodeURIComponent(clock)}`];
  const serve = await startServe(flags, { cwd: folder, node });
  return async () => {
    serve.child.kill('SIGTERM');
    await serve.ended();
  };
}

/** A client for each, who is in their rooms. */
async function everybody(isFirst) {
  const ca = readFileSync(join(folder, 'certs', 'ca.crt'));
  const talkers = new Map();
  for (const { name, rooms, follows = [] } of people) {
    const url = `wss://localhost:${webPort}/ws`;
    const client = new FrameClient(new WebSocket(url, 'securechat.v1', { ca }));
    await client.sees('hello');
    if (!isFirst) await client.login(name, password);
    else await client.asks({ type: 'register', user: name, password });
    for (const room of isFirst ? rooms : []) await client.asks({ type: 'join', room });
    talkers.set(name, client);
    if (isFirst) for (const user of follows) await client.asks({ type: 'follow', user });
  }
  return talkers;
}

async function talk(talkers, said) {
  for (const { by, room, to, text } of said) {
    const client = talkers.get(by);
    sequence += 1;
    if (to !== undefined) await client.asks({ type: 'direct', to, text, sequence });
    else {
      const { number } = await client.asks({ type: 'say', room, text, sequence });
      const reads = talkers.get(reader);
      const isThere = people.find(({ name }) => name === reader).rooms.includes(room);
      if (reads !== undefined && isThere) await reads.asks({ type: 'read', room, number });
    }
  }
}

async function end(talkers, name) {
  const client = talkers.get(name);
  talkers.delete(name);
  await client.asks({ type: 'logout' });
  await client.ended;
}

/** The terminal is of somebody who sees all of the last day's talk. */
async function openTerminal(talkers) {
  await end(talkers, terminal.name);
  const command = [process.execPath, mainFile, 'connect', `localhost:${port}`];
  const pane = await startInTmux([...command, '--user', terminal.name], {
    ...terminalSize,
    cwd: folder,
    env: { NO_COLOR: '', CI: '', FORCE_COLOR: '' },
  });
  await pane.showsMatching(/^Password for /);
  await pane.type(password);
  await pane.press('Enter');
  await pane.showsMatching(/^lobby>/);
  for (const typed of terminal.typed) {
    await pane.type(typed.text);
    await pane.press('Enter');
    await pane.showsMatching(typed.shows);
  }
  return pane;
}

async function takePictures(pane, talkOn) {
  const browser = await startBrowser();
  const it = await openPage(browser, { viewport: desk, deviceScaleFactor: 1 });
  await talkOn();
  await it.page.getByText(terminal.last).last().waitFor();
  await it.page.getByRole('button', { name: /show the members/ }).click();
  await it.page.mouse.move(0, 0);
  for (const colorScheme of ['light', 'dark']) {
    await it.page.emulateMedia({ colorScheme });
    await picture(it, `page-${colorScheme}`);
  }
  const onPhone = { viewport: phone, deviceScaleFactor: 1.5, hasTouch: true, isMobile: true };
  await picture(await openPage(browser, onPhone), 'phone');

  await pane.showsMatching(terminal.last);
  await pane.type(terminal.typing);
  await pane.showsMatching(new RegExp(`${terminal.typing}$`));
  const rows = await pane.styledRows();
  await pane[Symbol.asyncDispose]();
  const shown = await browser.open('about:blank', { deviceScaleFactor: 1.5 });
  await shown.page.setContent(terminalPage(rows));
  await picture(shown, 'terminal', await shown.page.locator('.window').boundingBox());
  await browser[Symbol.asyncDispose]();
}

/** The room of the terminal, as the reader sees it. */
async function openPage(browser, options) {
  const where = { locale: 'en-GB', timezoneId: zoneAt(hourShown) };
  const url = `https://localhost:${webPort}/`;
  const it = await browser.open(url, { ...where, ...options });
  await enter(it.page);
  await it.page.locator('.talk-item', { hasText: terminal.room }).first().click();
  await it.page.locator('.message').first().waitFor();
  return it;
}

/** A time zone in which it is this hour now. */
function zoneAt(hour) {
  const east = ((hour - new Date().getUTCHours() + 36) % 24) - 12;
  // By their names, zones east of Greenwich are negative.
  return `Etc/GMT${east > 0 ? '-' : '+'}${Math.abs(east)}`;
}

/** As WebP: it is a third of a PNG. */
async function picture({ page, context }, name, clip) {
  await settle(page);
  const browser = await context.newCDPSession(page);
  const area = clip === undefined ? {} : { clip: { ...clip, scale: 1 } };
  const taken = { format: 'webp', quality: pictureQuality, ...area };
  const { data } = await browser.send('Page.captureScreenshot', taken);
  writeFileSync(join(images, `${name}.webp`), Buffer.from(data, 'base64'));
}

/** Logs the reader in, who may be logged in in the picture before. */
async function enter(page) {
  await page.getByLabel('User name').fill(reader);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  const elsewhere = page.getByRole('button', { name: 'Use here' });
  const chat = page.locator('.chat');
  await chat.or(elsewhere).first().waitFor();
  if (await elsewhere.isVisible()) await elsewhere.click();
  await chat.waitFor();
}

/** What moves has come to rest, and what is loaded is drawn. */
async function settle(page) {
  await page.evaluate(
    'Promise.all(document.getAnimations().filter((one) => one.effect.getTiming().iterations < 9).map((one) => one.finished))',
  );
  await page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
  );
}
