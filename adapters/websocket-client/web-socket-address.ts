/** The address of the chat on a server: servers name one another by their origin. */
export function webSocketAddress(url: string): string {
  const address = new URL(url);
  if (address.protocol === 'https:' || address.protocol === 'http:') {
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    address.pathname = '/ws';
  }
  return address.href;
}
