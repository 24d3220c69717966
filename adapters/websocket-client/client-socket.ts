/** The subprotocol of this chat. */
export const subprotocol = 'securechat.v1';

/** What is used of a WebSocket: the browser's, or that of the package `ws`. */
export interface ClientSocket {
  send(text: string): void;
  close(code?: number): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number }) => void): void;
}

export type OpenSocket = (url: string, protocol: string) => ClientSocket;

/** Opens the platform's own WebSocket. @throws {TypeError} where there is none (Node before 22) */
export const openGlobalSocket: OpenSocket = (url, protocol) => {
  const { WebSocket } = globalThis as unknown as {
    WebSocket: new (url: string, protocol: string) => ClientSocket;
  };
  return new WebSocket(url, protocol);
};
