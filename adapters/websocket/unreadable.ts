import type { WebSocket } from 'ws';

/** What the library closes with of itself (RFC 6455, 7.4.1): it has read what is no message. */
const ofLibrary = new Set([1002, 1003, 1007, 1009]);

/**
 * Has a WebSocket not close by itself where it cannot read on: the `error` that follows leaves it to
 * whoever listens, who has a code that tells the client what to do. To 1009, which the library would
 * give, a client comes back and sends the same again.
 */
export function leaveUnreadable(webSocket: WebSocket): void {
  const close = webSocket.close.bind(webSocket);
  webSocket.close = (code, reason) => {
    // A client's own close comes with a reason, and is answered as ever.
    if (reason !== undefined || code === undefined || !ofLibrary.has(code)) close(code, reason);
  };
}

/** Whether this `error` says that the library cannot read on. */
export const isUnreadable = ({ code }: NodeJS.ErrnoException): boolean =>
  code?.startsWith('WS_ERR_') === true;
