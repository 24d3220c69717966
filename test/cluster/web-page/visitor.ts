import type { Locator } from 'playwright-core';

import type { Browser, OpenPage } from '../../support/browser.ts';
import { until } from '../../support/until.ts';

const withinMs = 30_000;

/** A message as it stands on the page: with its number in the room once that is known. */
export interface Shown {
  readonly number: number | undefined;
  readonly text: string;
}

/** Somebody in front of the page of a real server. */
export class Visitor implements AsyncDisposable {
  readonly name: string;
  readonly page: OpenPage['page'];
  readonly #opened: OpenPage;

  constructor(name: string, opened: OpenPage) {
    this.name = name;
    this.#opened = opened;
    this.page = opened.page;
  }

  static async arrive(name: string, browser: Browser, url: string): Promise<Visitor> {
    const viewport = { width: 1_280, height: 800 };
    return new Visitor(name, await browser.open(url, { viewport }));
  }

  /** What the page complained about: errors, and refusals by its policy. */
  get complaints(): readonly string[] {
    return this.#opened.complaints.map((words) => `${this.name}: ${words}`);
  }

  async register(password: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Make an account' }).click();
    await this.enter(password);
    await this.isIn();
  }

  /** Types name and password into the form, whichever it is, and sends it. */
  async enter(password: string): Promise<void> {
    await this.page.getByLabel('User name').fill(this.name);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.keyboard.press('Enter');
  }

  async isIn(): Promise<void> {
    await this.page.locator('.chat').waitFor();
  }

  /** The connection as the page shows it. */
  async isConnectedTo(server: string): Promise<void> {
    await this.sees(`Connected to ${server}`);
  }

  async sees(words: string | RegExp): Promise<void> {
    await this.page.getByText(words).first().waitFor();
  }

  async press(button: string): Promise<void> {
    await this.page.getByRole('button', { name: button, exact: true }).first().click();
  }

  async choose(item: string): Promise<void> {
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  /** Joins a room by its name, or makes it. */
  async join(room: string): Promise<void> {
    await this.press('Join or make a room');
    await this.page.getByLabel('Room name').fill(room);
    await this.page.keyboard.press('Enter');
    await this.hasOpen(room);
  }

  /** Opens what is in the list. */
  async open(talk: string): Promise<void> {
    await this.listed(talk).click();
    await this.hasOpen(talk);
  }

  listed(talk: string): Locator {
    const name = this.page.locator('.talk-name').getByText(talk, { exact: true });
    return this.page.locator('.talk-item', { has: name });
  }

  async hasOpen(talk: string): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name: talk }).waitFor();
  }

  async say(text: string): Promise<void> {
    await this.page.locator('textarea').fill(text);
    await this.page.locator('textarea').press('Enter');
  }

  /** What is on the page of the open room or conversation, from top to bottom. */
  async shown(): Promise<readonly Shown[]> {
    const rows = await this.page.evaluate<[string, string][]>(`
      [...document.querySelectorAll('.rows .message')]
        .map((row) => [row.dataset.row, row.querySelector('.text').textContent])
    `);
    return rows.map(([row, text]) => {
      const [, number] = /^message:(\d+)$/.exec(row) ?? [];
      return { number: number === undefined ? undefined : Number(number), text };
    });
  }

  /** The last that is shown is this, and all that is shown is stored. */
  async showsLast(text: string): Promise<void> {
    await until(
      async () => {
        const shown = await this.shown();
        return shown.at(-1)?.text === text && shown.every(({ number }) => number !== undefined);
      },
      { what: `${this.name} to see "${text}" at the end`, withinMs },
    );
  }

  async shows(text: string): Promise<void> {
    await until(async () => (await this.shown()).some((one) => one.text === text), {
      what: `${this.name} to see "${text}"`,
      withinMs,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened[Symbol.asyncDispose]();
  }
}
