import type { ClientFrameOf, ClientFrameType } from '../websocket/client-frames.ts';

/** What a program asks for. Resuming is the client's own business. */
export type RequestType = Exclude<ClientFrameType, 'resume'>;

type WithoutId<T extends RequestType> = Omit<ClientFrameOf<T>, 'id'>;

/**
 * The frame of each type without its `id`. A message gets its `sequence` from the client; one is
 * only named to send a message again whose outcome is {@link Unknown}.
 */
export type RequestOf<T extends RequestType> = T extends 'say' | 'direct'
  ? Omit<WithoutId<T>, 'sequence'> & { readonly sequence?: number }
  : WithoutId<T>;

export type AnyRequest = { [T in RequestType]: { readonly type: T } & RequestOf<T> }[RequestType];
