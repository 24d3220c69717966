import type { WebSocket } from 'ws';

import type { ClientFrame, ClientFrameType } from '../../../../adapters/websocket/client-frames.ts';
import type { ServerFrame, ServerFrameOf } from '../../../../adapters/websocket/server-frames.ts';
import { closeCodes } from '../../../../core/close-code.ts';
import type { ErrorCode } from '../../../../core/error-catalogue.ts';
import { answer } from './answers.ts';
import { ScriptedConnection } from './scripted-connection.ts';
import { ScriptedRoom } from './scripted-room.ts';

type Direct = ServerFrameOf<'direct'>;

/** An account, and what its session was sent, so that it can be gone on with. */
export class ScriptedUser {
  readonly name: string;
  password: string;
  readonly following = new Set<string>();
  /** How far they have read what others wrote to them. */
  readonly read = new Map<string, number>();
  readonly sent: ServerFrame[] = [];
  token: string | undefined;

  constructor(name: string, password: string) {
    this.name = name;
    this.password = password;
  }
}

/**
 * A chat that does what a test or a picture needs: it keeps the protocol as far as a page can see
 * it, and breaks it where it is told to.
 */
export class ScriptedChat {
  registration: 'open' | 'closed' = 'open';
  /** Whether connections are let in. */
  isUp = true;
  readonly users = new Map<string, ScriptedUser>();
  readonly rooms = new Map<string, ScriptedRoom>();
  readonly directs: Direct[] = [];
  readonly #connections = new Set<ScriptedConnection>();
  readonly #refusals: { type: ClientFrameType; code: ErrorCode; message: string }[] = [];
  readonly #held = new Map<ClientFrameType, (() => void)[]>();
  /** All frames that came, the oldest first. */
  readonly received: ClientFrame[] = [];
  now = Date.now();

  account(name: string, password = 'password123'): ScriptedUser {
    const user = this.users.get(name) ?? new ScriptedUser(name, password);
    this.users.set(name, user);
    return user;
  }

  room(name: string): ScriptedRoom {
    const room = this.rooms.get(name.toLowerCase()) ?? new ScriptedRoom(name);
    this.rooms.set(room.room, room);
    return room;
  }

  /** Somebody says something, and whoever is in the room, or follows them, is told. */
  say(name: string, user: string, text: string, at = Date.now()): number {
    const room = this.room(name);
    const frame = room.said(user, text, at);
    this.#tell(room, frame);
    for (const follower of this.users.values()) {
      if (!follower.following.has(user) || room.members.has(follower.name)) continue;
      this.#send(follower.name, { ...frame, type: 'followed', name: room.name });
    }
    return frame.number;
  }

  pass(type: 'joined' | 'left', name: string, user: string, at = Date.now()): void {
    const room = this.room(name);
    const frame = room.passed(type, user, at);
    this.#tell(room, frame);
    if (type === 'left') this.#send(user, frame);
  }

  /** A server's end takes people along. */
  depart(name: string, users: readonly string[]): void {
    const room = this.room(name);
    for (const user of users) room.members.delete(user);
    this.#tell(room, { type: 'departed', room: room.room, users: [...users], at: Date.now() });
  }

  write(from: string, to: string, text: string, at = Date.now()): number {
    const number = this.directs.length + 1;
    const frame: Direct = { type: 'direct', number, at, from, to, text };
    this.directs.push(frame);
    for (const user of [from, to]) this.#send(user, frame);
    return number;
  }

  /** Tells one user something, whatever it is. */
  tell(user: string, frame: ServerFrame): void {
    this.#send(user, frame);
  }

  /** Refuses the next frame of this type. */
  refuseNext(type: ClientFrameType, code: ErrorCode, message: string): void {
    this.#refusals.push({ type, code, message });
  }

  /** Lets frames of this type wait until what is returned is called. */
  hold(type: ClientFrameType): () => void {
    this.#held.set(type, []);
    return () => {
      const waiting = this.#held.get(type) ?? [];
      this.#held.delete(type);
      for (const go of waiting) go();
    };
  }

  /** Cuts everybody off. */
  cut(): void {
    for (const connection of this.#connections) connection.cut();
  }

  /** Closes the connection of a user with a reason. */
  close(user: string, code: keyof typeof closeCodes): void {
    const account = this.users.get(user);
    if (account !== undefined && closeCodes[code] >= closeCodes.SessionEnded)
      account.token = code === 'ResumedElsewhere' ? account.token : undefined;
    for (const connection of this.#connections)
      if (connection.user === user) connection.close(closeCodes[code]);
  }

  /** Whether the user is connected at the moment. */
  isConnected(user: string): boolean {
    return [...this.#connections].some((connection) => connection.user === user);
  }

  connected(socket: WebSocket): void {
    if (!this.isUp) return socket.terminate();
    const connection = new ScriptedConnection(socket, (frame) => {
      this.received.push(frame);
      const waiting = this.#held.get(frame.type);
      const go = (): void => this.#answer(connection, frame);
      if (waiting === undefined) go();
      else waiting.push(go);
    });
    this.#connections.add(connection);
    socket.on('close', () => this.#connections.delete(connection));
    connection.send({ type: 'hello', server: 'chat-1', registration: this.registration });
  }

  #answer(connection: ScriptedConnection, frame: ClientFrame): void {
    const index = this.#refusals.findIndex(({ type }) => type === frame.type);
    const [refusal] = index < 0 ? [] : this.#refusals.splice(index, 1);
    if (refusal === undefined) answer(this, connection, frame);
    else connection.refuse(frame, refusal.code, refusal.message);
  }

  #tell(room: ScriptedRoom, frame: ServerFrame): void {
    for (const member of room.members) this.#send(member, frame);
  }

  #send(name: string, frame: ServerFrame): void {
    const user = this.users.get(name);
    if (user?.token === undefined) return;
    user.sent.push(frame);
    const cursor = { type: 'cursor', cursor: String(user.sent.length) } as const;
    for (const connection of this.#connections) {
      if (connection.user !== name) continue;
      connection.send(frame);
      connection.send(cursor);
    }
  }
}
