import { NotSent } from '../../websocket-client/request-failure.ts';
import type { Chat } from './chat.ts';

/**
 * For what a person waits for: done later, when they are elsewhere, it would surprise them.
 * @throws {NotSent} without a connection
 */
export function needConnection({ state }: Chat): void {
  if (state.link.status !== 'online') throw new NotSent('There is no connection.');
}
