import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import {
  type Browser as Chromium,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';

import { projectFolder } from './project-folder.ts';

/** A page must not need longer than this for anything, on a machine with much else to do. */
const withinMs = 20_000;
const desk = { width: 1_280, height: 800 };

/**
 * Nothing but the page is loaded, nothing of the machine is used. The sandbox needs rights that a
 * container rarely gives, and guards against pages of others: here there are none. What a page's
 * program gains by being compiled it does not live to see, and a process for each tab costs more than it.
 */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--js-flags=--single-threaded --no-opt',
  '--process-per-site',
  '--renderer-process-limit=1',
];

/** A Chromium without a window. It ends with this process at the latest. */
export interface Browser extends AsyncDisposable {
  /** A page of a user of their own: no storage, no tab is shared with another. */
  open(url: string, look?: Look): Promise<OpenPage>;
  /**
   * A tab in a window that all such tabs share: a window of its own would cost more than all that a
   * test does in it. What keeps its storage from theirs is the origin alone.
   */
  openTab(url: string, look?: Look): Promise<OpenPage>;
  readonly version: string;
}

/** In what a page is seen, and how whoever looks at it likes it. */
export type Look = Pick<BrowserContextOptions, 'colorScheme' | 'reducedMotion'> & {
  readonly viewport?: { readonly width: number; readonly height: number };
};

export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** What the page complained about: errors, refusals by its policy, what could not be loaded. */
  readonly complaints: readonly string[];
}

export async function startBrowser(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'securechat-browser-'));
  const browser = await chromium.launch({
    executablePath: await program(),
    args: flags,
    artifactsDir: profile,
    timeout: withinMs,
  });
  let window: Promise<BrowserContext> | undefined;
  return {
    version: browser.version(),
    async open(url, look) {
      const context = await newContext(browser, look);
      return visited(await context.newPage(), url, () => context.close());
    },
    async openTab(
      url,
      { viewport = desk, colorScheme = 'light', reducedMotion = 'no-preference' } = {},
    ) {
      window ??= newWindow(browser);
      const page = await (await window).newPage();
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, reducedMotion });
      return visited(page, url, () => page.close());
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

async function newContext(browser: Chromium, look: Look = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...look });
  context.setDefaultTimeout(withinMs);
  return context;
}

/** With a tab that nobody looks at: without one the window would go with the last that is closed. */
async function newWindow(browser: Chromium): Promise<BrowserContext> {
  const context = await newContext(browser);
  await context.newPage();
  return context;
}

async function visited(page: Page, url: string, close: () => Promise<void>): Promise<OpenPage> {
  const complaints = complaintsOf(page);
  await page.goto(url);
  return { page, complaints, [Symbol.asyncDispose]: close };
}

function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  return complaints;
}

let path: Promise<string> | undefined;

/** What scripts/chromium.mjs finds or makes available. Looked for once in a process. */
function program(): Promise<string> {
  path ??= promisify(execFile)(process.execPath, [
    join(projectFolder(), 'scripts', 'chromium.mjs'),
  ]).then(({ stdout }) => stdout.trimEnd().split('\n').at(-1) ?? '');
  return path;
}
