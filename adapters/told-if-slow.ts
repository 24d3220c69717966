/** Whoever waits longer than this without a word wonders whether anything goes on. */
const silentMsMax = 1_000;

/** What this promises; `tell` is called, once, when it has not come after a second. */
export async function toldIfSlow<T>(promise: Promise<T>, tell: () => void): Promise<T> {
  const timer = setTimeout(tell, silentMsMax);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
