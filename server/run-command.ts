import type { ClientCommand } from '../core/command.ts';
import { unreachable } from '../core/rejection.ts';
import { changePassword, subscribe, subscriptions, unsubscribe } from './account-commands.ts';
import type { Chat } from './chat.ts';
import type { Connection } from './connection.ts';
import { sendDirect } from './direct-command.ts';
import type { HeldSession } from './held-session.ts';
import { failureOf, logIn, register } from './login.ts';
import { logOut } from './logout.ts';
import { conversations } from './conversations.ts';
import { conversation, history } from './history.ts';
import { markConversationRead } from './conversation-marks.ts';
import { markRoomRead } from './kept-room-commands.ts';
import { join, leave } from './room-commands.ts';
import { describeSession, members, rooms } from './room-queries.ts';
import { resumeSession } from './session-resume.ts';

/** Every command but a message: it has the connection for itself while it runs. */
export type ExclusiveCommand = Exclude<ClientCommand, { type: 'say' }>;

/** Carries out a command; resolves when its answer is in the connection's outbox. */
export async function runCommand(
  chat: Chat,
  connection: Connection,
  command: ExclusiveCommand,
): Promise<void> {
  switch (command.type) {
    case 'fault':
      connection.fail(command.code, command.subject);
      if (connection.held === undefined) connection.tell({ kind: 'authRequired' });
      return;
    case 'help': {
      const topic = connection.held === undefined ? 'login' : command.topic;
      return connection.tell({ kind: 'help', ...(topic !== undefined && { topic }) });
    }
    case 'login':
      if (connection.held !== undefined) return connection.fail('LoggedIn');
      return logIn(chat, connection, command);
    case 'register':
      if (connection.held !== undefined) return connection.fail('LoggedIn');
      return register(chat, connection, command);
    case 'resume':
      if (connection.held !== undefined) return connection.fail('LoggedIn');
      return resumeSession(chat, connection, command).catch((thrown: unknown) =>
        connection.tell(failureOf(thrown)),
      );
    case 'logout':
      return logOut(chat, connection);
    case 'ping':
      return connection.tell({ kind: 'pong' });
    default: {
      const { held } = connection;
      if (held === undefined) return connection.fail('NotLoggedIn');
      // A direct message has its place in the limit of messages.
      if (command.type !== 'direct') await connection.pace.takesCommand();
      const failed = await runInSession(chat, connection, held, command).catch(failureOf);
      if (failed !== undefined) connection.tell(failed);
    }
  }
}

type SessionCommand = Exclude<
  ExclusiveCommand,
  { type: 'fault' | 'help' | 'login' | 'register' | 'resume' | 'logout' | 'ping' }
>;

async function runInSession(
  chat: Chat,
  connection: Connection,
  held: HeldSession,
  command: SessionCommand,
): Promise<void> {
  switch (command.type) {
    case 'join':
      return join(chat, connection, held, command.room);
    case 'leave':
      return leave(chat, connection, held, command.room);
    case 'rooms':
      return rooms(chat, connection);
    case 'members':
      return members(chat, connection, held, command.room);
    case 'history':
      return history(chat, connection, held, command);
    case 'conversation':
      return conversation(chat, connection, held, command);
    case 'conversations':
      return conversations(chat, connection, held);
    case 'markRoomRead':
      return markRoomRead(chat, connection, held, command);
    case 'markConversationRead':
      return markConversationRead(chat, connection, held, command);
    case 'session':
      return describeSession(chat, connection, held);
    case 'subscribe':
      return subscribe(chat, connection, held, command.target);
    case 'unsubscribe':
      return unsubscribe(chat, connection, held, command.target);
    case 'subscriptions':
      return subscriptions(chat, connection, held);
    case 'direct':
      return sendDirect(chat, connection, held, command);
    case 'changePassword':
      return changePassword(chat, connection, held, command);
    case 'receipts':
      connection.messages.wantsReceipts = command.on;
      return connection.tell({ kind: 'receipts', on: command.on });
    default:
      return unreachable(command);
  }
}
