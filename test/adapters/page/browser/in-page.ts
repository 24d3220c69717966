import type { Page } from 'playwright-core';

/** What only the page itself can tell. It is asked in its own language: there is no DOM here. */

/** The label of what has the focus. */
export const focusedLabel = (page: Page): Promise<string | null> =>
  page.evaluate<string | null>('document.activeElement.getAttribute("aria-label")');

export const focusedName = (page: Page): Promise<string | null> =>
  page.evaluate<string | null>('document.activeElement.getAttribute("name")');

/** Whether the focus is in a dialog, or on the browser's own controls. */
export const isFocusInDialog = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>(
    'document.activeElement === document.body || document.activeElement.closest("dialog") !== null',
  );

export const sessionKept = (page: Page): Promise<string> =>
  page.evaluate<string>('JSON.stringify(sessionStorage)');

/** Everything that outlives the tab, or is seen by others. */
export const keptElsewhere = (page: Page): Promise<string> =>
  page.evaluate<string>('JSON.stringify(localStorage) + document.cookie + location.href');

export const chosenTheme = (page: Page): Promise<string | null> =>
  page.evaluate<string | null>('localStorage.getItem("securechat.theme")');

export const groundColour = (page: Page): Promise<string> =>
  page.evaluate<string>('getComputedStyle(document.body).backgroundColor');

/** Whatever would have to be scrolled sideways, by its class. */
export const overflowing = (page: Page): Promise<readonly string[]> =>
  page.evaluate<readonly string[]>(`
    [document.documentElement, ...document.querySelectorAll('body, body *')]
      .filter((element) => element.checkVisibility() && !element.closest('.visually-hidden'))
      .filter((element) => {
        const { overflowX, textOverflow } = getComputedStyle(element);
        const cuts = overflowX !== 'visible' && textOverflow !== 'ellipsis';
        return cuts && element.scrollWidth > element.clientWidth + 1;
      })
      .map((element) => element.tagName + '.' + element.className)
  `);

/** Whether the first of these ends where the second begins, and both are within the window. */
export const isBeside = (page: Page, one: string, other: string): Promise<boolean> =>
  page.evaluate<boolean>(`{
    const [a, b] = [${JSON.stringify(one)}, ${JSON.stringify(other)}]
      .map((selector) => document.querySelector(selector).getBoundingClientRect());
    a.left >= 0 && a.width > 300 && a.right <= b.left + 1 && b.right <= innerWidth + 1;
  }`);

/** The texts that others wrote, and their names, whose direction could turn what stands beside them. */
export const notIsolated = (page: Page): Promise<readonly string[]> =>
  page.evaluate<readonly string[]>(`
    [...document.querySelectorAll('.text, .text a, .talk-words[dir], .person > bdi, .stage-title bdi')]
      .filter((element) => !/isolate|plaintext/.test(getComputedStyle(element).unicodeBidi))
      .map((element) => element.outerHTML)
  `);

/** How far the messages could still be scrolled down. */
export const toEndPx = (page: Page): Promise<number> =>
  page.evaluate<number>(`{
    const box = document.querySelector('.scroller');
    box.scrollHeight - box.scrollTop - box.clientHeight;
  }`);

/** The numbers of the messages in sight, and how far each is from the top of the window. */
export async function rowsInSight(page: Page): Promise<ReadonlyMap<number, number>> {
  const rows = await page.evaluate<[number, number][]>(`{
    const box = document.querySelector('.scroller');
    const { top, bottom } = box.getBoundingClientRect();
    [...box.querySelectorAll('.message')].flatMap((row) => {
      const at = row.getBoundingClientRect();
      const number = Number(row.dataset.row.split(':')[1]);
      return at.bottom > top && at.top < bottom ? [[number, at.top]] : [];
    });
  }`);
  return new Map(rows);
}

/** Waits for two frames: what was to be drawn is drawn. */
export const drawn = (page: Page): Promise<void> =>
  page.evaluate<void>(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))',
  );

/** What axe, which was put into the page as this source, calls serious or worse. */
export const axeFaults = (page: Page, axe: string): Promise<readonly string[]> =>
  page.evaluate<readonly string[]>(`(async () => {
    ${axe};
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 200)));
  })()`);
