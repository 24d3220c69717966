import type { ErrorCode } from '../../core/error-catalogue.ts';
import { frameBytesMax } from '../../core/limits.ts';
import { utf8Length } from '../../core/text.ts';
import type { ClientFrame } from '../websocket/client-frames.ts';
import type { OkFrame, ServerFrameOf } from '../websocket/server-frames.ts';
import type { AnyRequest, RequestType } from './client-request.ts';
import { NotSent, Refused, Unknown } from './request-failure.ts';

/** More than a person writes, or a program should, while the chat is out of reach. */
export const pendingRequestsMax = 1_000;
/** What `id` and `sequence` take of a frame, and more. */
const namedBytesMax = 128;

/** To ask these twice does what asking once does, so they are sent again after a loss. */
const repeatable: ReadonlySet<RequestType> = new Set<RequestType>([
  'say',
  'direct',
  'rooms',
  'members',
  'history',
  'conversation',
  'conversations',
  'sessions',
  'read',
  'ping',
  'logout',
]);

interface Pending {
  readonly id: string;
  readonly request: AnyRequest;
  readonly resolve: (body: unknown) => void;
  readonly reject: (failure: Error) => void;
  status: 'waiting' | 'sent';
  /** It was sent before, and what became of it then is not known. */
  mayBeDone: boolean;
  /** Of a message, from the moment at which it is first sent. */
  sequence: number | undefined;
}

/** What was requested and is not answered yet, in the order of the requests. */
export class PendingRequests {
  readonly #byId = new Map<string, Pending>();
  #requested = 0;

  /** The promise, of the body of the `ok`, is settled by one of the methods below. */
  add(request: AnyRequest): Promise<unknown> {
    if (this.#byId.size >= pendingRequestsMax)
      return Promise.reject(new NotSent(`More than ${pendingRequestsMax} requests are waiting.`));
    // The server would close the connection, each time that it is sent again.
    if (utf8Length(JSON.stringify(request)) > frameBytesMax - namedBytesMax)
      return Promise.reject(new NotSent(`A frame has ${frameBytesMax} bytes at most.`));
    this.#requested += 1;
    const id = String(this.#requested);
    const sequence = 'sequence' in request ? request.sequence : undefined;
    const mayBeDone = sequence !== undefined;
    return new Promise((resolve, reject) => {
      const settled = { resolve, reject };
      this.#byId.set(id, { id, request, status: 'waiting', mayBeDone, sequence, ...settled });
    });
  }

  /**
   * What is to be sent now, in order.
   * @param nextSequence called once for each message that is sent for the first time
   */
  take(phase: 'greeting' | 'online', nextSequence: () => number): readonly ClientFrame[] {
    const frames: ClientFrame[] = [];
    for (const pending of this.#byId.values()) {
      const { request, id, status } = pending;
      const opensSession = request.type === 'login' || request.type === 'register';
      if (status === 'sent' || opensSession !== (phase === 'greeting')) continue;
      pending.status = 'sent';
      if (request.type === 'say' || request.type === 'direct') {
        pending.sequence ??= nextSequence();
        frames.push({ ...request, id, sequence: pending.sequence });
      } else frames.push({ ...request, id });
    }
    return frames;
  }

  /** The type of the request that this answers; undefined where there is none. */
  answered(answer: OkFrame | ServerFrameOf<'error'>): RequestType | undefined {
    const pending = answer.id === undefined ? undefined : this.#byId.get(answer.id);
    if (pending === undefined) return undefined;
    this.#byId.delete(pending.id);
    if (answer.type === 'ok') {
      const { type: _, id: __, ...body } = answer;
      pending.resolve(body);
    } else pending.reject(failureOf(pending, answer));
    return pending.request.type;
  }

  /** The connection was lost: what may be sent twice waits for the next one. */
  lost(): void {
    for (const pending of this.#byId.values()) {
      if (pending.status === 'waiting') continue;
      if (repeatable.has(pending.request.type)) {
        pending.status = 'waiting';
        pending.mayBeDone = true;
      } else this.#fail(pending, unknown(pending, 'The connection was lost.'));
    }
  }

  /** Nothing is sent any more. A logout is granted if the session has ended anyhow. */
  stop(why: string, hasEnded: boolean): void {
    for (const pending of this.#byId.values()) {
      const isSent = pending.status === 'sent' || pending.mayBeDone;
      if (hasEnded && pending.request.type === 'logout') pending.resolve({});
      else if (isSent) pending.reject(unknown(pending, why));
      else pending.reject(new NotSent(why));
    }
    this.#byId.clear();
  }

  #fail(pending: Pending, failure: Error): void {
    this.#byId.delete(pending.id);
    pending.reject(failure);
  }
}

/** A refusal to do it again tells nothing of the first time. */
function failureOf(pending: Pending, error: ServerFrameOf<'error'>): Error {
  const { code, message, retryAfterMs } = error;
  if (code === 'OutcomeUnknown') return unknown(pending, message);
  const cause = new Refused(code as ErrorCode, message, retryAfterMs);
  const isSecondTime = pending.mayBeDone && pending.sequence !== undefined;
  return isSecondTime ? unknown(pending, message, cause) : cause;
}

function unknown({ sequence }: Pending, why: string, cause?: Refused): Unknown {
  return new Unknown(why, {
    ...(sequence !== undefined && { sequence }),
    ...(cause !== undefined && { cause }),
  });
}
