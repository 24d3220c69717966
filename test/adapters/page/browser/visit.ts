import type { Locator, Page } from 'playwright-core';

import { type Look, type OpenPage, startBrowser } from '../../../support/browser.ts';
import { until } from '../../../support/until.ts';
import { startPageServer } from '../scripted/page-server.ts';
import type { ScriptedChat } from '../scripted/scripted-chat.ts';

const withinMs = 20_000;

const browser = await startBrowser();

/** Ends the browser that all specs of this process share. */
export const endBrowser = async (): Promise<void> => browser[Symbol.asyncDispose]();

/** A page that a person looks at, and the chat behind it. */
export interface Visit extends AsyncDisposable {
  readonly page: Page;
  readonly chat: ScriptedChat;
  readonly url: string;
  /** What the page complained about; a page that is well complains about nothing. */
  readonly complaints: readonly string[];
  /** The same person opens the page in another tab as well. */
  openTab(): Promise<Page>;
}

/** Opens the page of a chat in which `scene` has happened. */
export async function visit(scene: (chat: ScriptedChat) => void, look: Look = {}): Promise<Visit> {
  const server = await startPageServer();
  scene(server.chat);
  const { url, chat } = server;
  const tabs: OpenPage[] = [];
  const openTab = async (): Promise<OpenPage> => {
    const tab = await browser.openTab(url, look);
    tabs.push(tab);
    return tab;
  };
  const { page, complaints } = await openTab();
  return {
    page,
    chat,
    url,
    complaints,
    openTab: async () => (await openTab()).page,
    async [Symbol.asyncDispose]() {
      for (const tab of tabs) await tab[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** The same chat as another person, or the same one on another device, sees it. */
export const openAnother = (url: string): Promise<OpenPage> => browser.open(url);

export async function logIn(page: Page, user = 'alice', password = 'password123'): Promise<void> {
  await fillEntry(page, user, password);
  await page.locator('.chat').waitFor();
}

export async function fillEntry(page: Page, user: string, password: string): Promise<void> {
  await page.getByLabel('User name').fill(user);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

export async function openTalk(page: Page, name: string): Promise<void> {
  await page.locator('.talk-item', { hasText: name }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

export async function say(page: Page, text: string): Promise<void> {
  await page.locator('textarea').fill(text);
  await page.locator('textarea').press('Enter');
}

export const messages = (page: Page): Locator => page.locator('.message');

/** Waits until the texts of the last messages are these. */
export async function showsLast(page: Page, ...texts: readonly string[]): Promise<void> {
  await eventually(`the messages ${texts.join(' | ')}`, async () => {
    const seen = await page.locator('.message .text').allTextContents();
    return seen.slice(-texts.length).join('\n') === texts.join('\n');
  });
}

export async function eventually(
  what: string,
  holds: () => Promise<boolean> | boolean,
): Promise<void> {
  await until(holds, { what, withinMs });
}
