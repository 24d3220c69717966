import type { Answer, RoomState } from '../../core/answer.ts';
import type { Delivery, DirectMessage } from '../../core/delivery.ts';
import { errorWords } from '../../core/error-catalogue.ts';
import { unreachable } from '../../core/rejection.ts';
import type { WireFormat } from '../client-link.ts';
import { textMemory } from '../text-memory.ts';
import type { OkOf, ServerFrame } from './server-frames.ts';
import { retryAfterMs } from './retry-after.ts';

/** How a chat is written down as frames: each a JSON object in a WebSocket text message. */
export const frameFormat: WireFormat = {
  transport: 'websocket',
  echoes: true,
  resumes: true,
  delivery(delivery: Delivery): Buffer | undefined {
    const frame = deliveryFrame(delivery);
    return frame === undefined ? undefined : encodeFrame(frame);
  },
  answer(answer: Answer, request: string | undefined): Buffer | undefined {
    const frame = answerFrame(answer, request);
    return frame === undefined ? undefined : encodeFrame(frame);
  },
  cursor: (cursor: string): Buffer => encodeFrame({ type: 'cursor', cursor }),
};

/**
 * A frame as it goes over the wire: a text message in one piece, unmasked (RFC 6455, 5.2). It is
 * made here, not by the library, so that all who are sent it share the bytes.
 */
export function encodeFrame(frame: ServerFrame): Buffer {
  const payload = JSON.stringify(frame);
  const length = Buffer.byteLength(payload);
  const header = frameHeader(length);
  const bytes = textMemory(header.length + length);
  header.copy(bytes);
  bytes.write(payload, header.length);
  return bytes;
}

/** A ping, or the pong that answers one with its bytes (125 at most): between frames, as they are. */
export function encodeControl(kind: 'ping' | 'pong', payload: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([
    Buffer.of(kind === 'ping' ? finalPing : finalPong, payload.length),
    payload,
  ]);
}

const finalText = 0x81;
const finalPing = 0x89;
const finalPong = 0x8a;
const length16 = 126;
const length64 = 127;

function frameHeader(length: number): Buffer {
  if (length < length16) return Buffer.of(finalText, length);
  if (length < 0x10000) return Buffer.of(finalText, length16, length >> 8, length & 0xff);
  const header = Buffer.alloc(10);
  header[0] = finalText;
  header[1] = length64;
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}

/** As the log calls it. */
const logged = { joined: 'RoomJoined', left: 'RoomLeft' } as const;

function deliveryFrame(delivery: Delivery): ServerFrame | undefined {
  switch (delivery.kind) {
    case 'message':
      return { type: 'message', ...delivery.place, user: delivery.user, text: delivery.text };
    case 'subbed': {
      const { place, room: name, user, text } = delivery;
      return { type: 'followed', ...place, name, user, text };
    }
    case 'joined':
    case 'left':
      // Another session of theirs is there: nobody came or went, but the place has to be told.
      if (!delivery.isNews)
        return { type: 'event', ...delivery.place, kind: logged[delivery.kind] };
      return { type: delivery.kind, ...delivery.place, user: delivery.user };
    case 'departed': {
      const { canonical: room, users, at } = delivery;
      return { type: 'departed', room, users: [...users], at };
    }
    case 'direct': {
      const kept = delivery.isKept ? { kept: true } : {};
      return { type: 'direct', ...directOf(delivery), ...kept };
    }
    case 'erased':
      return { type: 'erased', user: delivery.user };
    case 'gap': {
      const { reason, rooms } = delivery;
      const lost = rooms.map(({ room, epoch, from, through: to }) => ({
        room,
        epoch,
        from,
        ...(to !== undefined && { to }),
      }));
      return { type: 'gap', reason, rooms: lost };
    }
    case 'answer':
      return answerFrame(delivery.answer, undefined);
    // The close code says it.
    case 'ended':
      return undefined;
    default:
      return unreachable(delivery);
  }
}

/** Answers that are only a part of one, or are for other transports, have no frame. */
function answerFrame(answer: Answer, id: string | undefined): ServerFrame | undefined {
  switch (answer.kind) {
    case 'greeting': {
      const registration = answer.registrationOpen ? 'open' : 'closed';
      return { type: 'hello', server: answer.server, registration };
    }
    case 'store':
      return { type: 'store', reachable: answer.isReachable };
    case 'error': {
      const { code, subject } = answer;
      const message = errorWords(code, subject);
      const after = retryAfterMs(code, subject);
      const error = { code, message, ...(after !== undefined && { retryAfterMs: after }) };
      return { type: 'error', ...(id !== undefined && { id }), ...error };
    }
    default: {
      const body = okBody(answer);
      return id === undefined || body === undefined ? undefined : { type: 'ok', id, ...body };
    }
  }
}

type Body = OkOf<'login' | 'join' | 'say' | 'direct' | 'rooms' | 'members' | 'history'> | object;

function okBody(
  answer: Exclude<Answer, { kind: 'greeting' | 'store' | 'error' }>,
): Body | undefined {
  switch (answer.kind) {
    case 'sessionOpen': {
      const { kind: _, rooms, ...session } = answer;
      return { ...session, rooms: rooms.map(roomBody) };
    }
    case 'entered':
      return roomBody(answer.state);
    case 'stored': {
      const { canonical: room, epoch, number } = answer;
      return { room, epoch, number };
    }
    case 'directStored':
      return { to: answer.to, number: answer.number };
    case 'rooms':
      return { rooms: answer.rooms };
    case 'members': {
      const { canonical: room, room: name, users: members } = answer;
      return { room, name, members };
    }
    case 'history': {
      const { canonical: room, messages, more, next, expired } = answer;
      return {
        room,
        messages,
        more,
        ...(next !== undefined && { next }),
        ...(expired && { expired }),
      };
    }
    case 'conversation':
      return { peer: answer.peer, messages: answer.messages.map(directOf), more: answer.more };
    case 'conversations': {
      const listed = answer.conversations.map((one) => ({ ...one, last: directOf(one.last) }));
      return { conversations: listed };
    }
    case 'session': {
      const { kind: _, ...session } = answer;
      return session;
    }
    case 'goodbye':
    case 'leftRoom':
    case 'readMarked':
    case 'pong':
    case 'subscribed':
    case 'unsubscribed':
      return {};
    case 'passwordChanged':
      return answer.token === undefined ? {} : { token: answer.token };
    case 'authRequired':
    case 'takeoverHint':
    case 'registered':
    case 'welcome':
    case 'joined':
    case 'retention':
    case 'receipts':
    case 'moreDirect':
    case 'subscriptions':
    case 'help':
      return undefined;
    default:
      return unreachable(answer);
  }
}

const roomBody = ({ members, ...state }: RoomState): OkOf<'join'> => ({
  ...state,
  members: [...members],
});

const directOf = ({ number, at, from, recipient: to, text }: DirectMessage) => ({
  number,
  at,
  from,
  to,
  text,
});
