import type { ErrorCode } from './error-catalogue.ts';

/** A message as history shows it. */
export interface PastMessage {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly user: string;
  readonly text: string;
}

/** What a client is told in return for what it sent, on any transport. */
export type Answer =
  | { readonly kind: 'authRequired' }
  | { readonly kind: 'takeoverHint' }
  | { readonly kind: 'registered'; readonly user: string }
  | { readonly kind: 'welcome'; readonly user: string; readonly room: string }
  | { readonly kind: 'goodbye'; readonly user?: string }
  | { readonly kind: 'joined'; readonly room: string }
  | { readonly kind: 'subscribed'; readonly target: string }
  | { readonly kind: 'unsubscribed'; readonly target: string }
  | { readonly kind: 'passwordChanged' }
  | { readonly kind: 'receipts'; readonly on: boolean }
  | {
      readonly kind: 'stored';
      readonly room: string;
      readonly epoch: string;
      /** The message's place in its room: 1, 2, 3, … */
      readonly number: number;
    }
  | { readonly kind: 'directStored'; readonly to: string }
  | { readonly kind: 'rooms'; readonly names: readonly string[] }
  | { readonly kind: 'members'; readonly room: string; readonly users: readonly string[] }
  | { readonly kind: 'subscriptions'; readonly targets: readonly string[] }
  | {
      readonly kind: 'history';
      readonly room: string;
      /** Oldest first. */
      readonly messages: readonly PastMessage[];
      /** Whether older ones were asked for, and lie further back than is looked. */
      readonly isCut: boolean;
    }
  | {
      readonly kind: 'session';
      readonly user: string;
      readonly server: string;
      /** Milliseconds since 1970. */
      readonly since: number;
      readonly rooms: readonly string[];
    }
  | { readonly kind: 'help'; readonly topic?: string }
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly subject: string };
