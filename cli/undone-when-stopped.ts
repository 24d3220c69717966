const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const undoings = new Set<() => void>();

/**
 * Undoes something half done, at once, if a signal ends this process before what is returned was
 * called. The process dies of the signal all the same: a shell is to know.
 */
export function undoneWhenStopped(undo: () => void): () => void {
  if (undoings.size === 0) for (const signal of stopSignals) process.on(signal, die);
  // The same may be half done twice.
  const undoing = (): void => undo();
  undoings.add(undoing);
  return () => {
    if (undoings.delete(undoing) && undoings.size === 0) heedNoMore();
  };
}

function die(signal: NodeJS.Signals): void {
  try {
    for (const undo of undoings) undo();
  } finally {
    heedNoMore();
    process.kill(process.pid, signal);
  }
}

function heedNoMore(): void {
  for (const signal of stopSignals) process.off(signal, die);
}
