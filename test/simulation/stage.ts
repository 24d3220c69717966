import { accountStream } from '../../core/stream.ts';
import { createAccount } from '../../server/accounts.ts';
import type { ChatServer } from '../../server/chat-server.ts';
import { DirectMessages } from './direct-messages.ts';
import { Eras } from './eras.ts';
import { EveryLogin } from './logins.ts';
import type { Plan } from './plan.ts';
import { SharedStore } from './shared-store.ts';
import { passwordOf, SimClient } from './sim-client.ts';
import { SimServer } from './sim-server.ts';
import type { World } from './world.ts';

const rooms = ['lobby', 'attic', 'Cellar'];
const users = ['ann', 'bea', 'cyd', 'dan', 'eve'];

/** What is done to each chat server before it starts, to see whether the judge sees it. */
export type Tampering = (chat: ChatServer) => void;

/** Everything and everybody that a plan names. */
export class Stage {
  readonly world: World;
  readonly plan: Plan;
  readonly store: SharedStore;
  readonly servers: readonly SimServer[];
  readonly users: readonly string[];
  readonly clients: readonly SimClient[];
  readonly directs = new DirectMessages();
  readonly eras: Eras;
  /** Who logs in when all is over. */
  readonly logins: readonly EveryLogin[];

  constructor(world: World, plan: Plan, tamper: Tampering) {
    this.world = world;
    this.plan = plan;
    this.store = new SharedStore(world, plan.partitions);
    this.servers = Array.from(
      { length: plan.servers },
      (_, number) => new SimServer(world, this.store, `server-${number}`, tamper),
    );
    this.users = users.slice(0, plan.users);
    const scene = {
      world,
      servers: this.servers,
      users: this.users,
      rooms: rooms.slice(0, plan.rooms),
      directs: this.directs,
      restMs: plan.restMs,
    };
    this.clients = Array.from({ length: plan.clients }, (_, number) => {
      const user = this.users[number % this.users.length] ?? '';
      return new SimClient(scene, `c${number + 1}`, user);
    });
    this.logins = this.users.map((user) => new EveryLogin(world, user));
    this.eras = new Eras(() => this.store.records(), [...this.clients, ...this.logins]);
  }

  /** The servers that nothing befalls for ever. */
  get healthy(): readonly SimServer[] {
    return this.servers.filter((server) => server !== this.victim);
  }

  /** The server that a fault befalls that stays. */
  get victim(): SimServer | undefined {
    return this.servers[this.plan.stays?.server ?? -1];
  }

  hasAccount({ user }: { readonly user: string }): boolean {
    const accounts = this.store.records().map(({ stream }) => stream);
    return accounts.includes(accountStream(user));
  }

  /** Servers serve, and some of the users have accounts; the others have to register. */
  async open(): Promise<void> {
    for (const server of this.servers) await server.start();
    await this.servers[0]?.call(async (chat) => {
      const actor = { server: chat.options.name, incarnation: chat.incarnation };
      for (const user of this.users.slice(0, this.plan.accounts))
        await createAccount(chat, actor, { user, password: passwordOf(user) });
    });
    this.store.keep();
  }
}
