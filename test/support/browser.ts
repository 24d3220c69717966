import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import {
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';

import { projectFolder } from './project-folder.ts';

/** A page must not need longer than this for anything, on a machine with much else to do. */
const withinMs = 20_000;

/**
 * Nothing but the page is loaded, nothing of the machine is used. The sandbox needs rights that a
 * container rarely gives, and guards against pages of others: here there are none.
 */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A Chromium without a window. It ends with this process at the latest. */
export interface Browser extends AsyncDisposable {
  /** A page of a user of their own: no storage, no tab is shared with another. */
  open(url: string, options?: BrowserContextOptions): Promise<OpenPage>;
  readonly version: string;
}

export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
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
  return {
    version: browser.version(),
    async open(url, options = {}) {
      const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
      context.setDefaultTimeout(withinMs);
      const page = await context.newPage();
      const complaints = complaintsOf(page);
      await page.goto(url);
      return { page, context, complaints, [Symbol.asyncDispose]: () => context.close() };
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
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
