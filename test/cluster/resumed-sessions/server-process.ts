// One chat server of a cluster on Redis that takes WebSocket clients, in a process of its own.
// Without TLS, and with passwords that cost nothing: both have tests of their own.
import Fastify from 'fastify';
import { pino } from 'pino';

import { openRedis } from '../../../adapters/redis/event-store.ts';
import { addWebSocketRoute } from '../../../adapters/websocket/web-socket-route.ts';
import { ChatServer } from '../../../server/chat-server.ts';
import { QuickHasher } from '../../support/quick-hasher.ts';

/** More than the clients ever say: the limit is tested elsewhere. */
const messagesPerSecond = 100_000;

export interface ServerPlan {
  readonly name: string;
  readonly port: number;
  readonly redis: string;
}

const { name, port, redis } = JSON.parse(process.argv[2] ?? '') as ServerPlan;
// Nobody is there to ask it anything any more.
process.on('disconnect', () => process.exit(1));

const stores = await openRedis({ url: redis, acceptLoss: false });
const options = { name, registrationOpen: true, messagesPerSecond };
const server = new ChatServer(options, stores, new QuickHasher(), pino({ level: 'error' }));
const web = Fastify();
await addWebSocketRoute(web, { acceptor: () => server.accept, isOriginAllowed: () => true });
await server.start();
await web.listen({ host: '127.0.0.1', port });
process.send?.('serves');
