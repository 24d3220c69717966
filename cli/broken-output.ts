/** Whether the command has nothing to do any more once nobody reads what it says. */
let needsReader = true;

/**
 * Whoever reads our output may go away early, as in `securechat --help | head -1`: that ends a
 * command in silence, unless it goes on unread.
 */
export function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!needsReader) return;
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  // There is nobody left who could be told.
  process.stderr.on('error', () => {});
}

/**
 * From now on this process goes on although its output is lost: with a reader that went away, a
 * terminal that was closed, a disk that is full.
 */
export function goOnUnread(): void {
  needsReader = false;
}
