import {
  lineBytesMax,
  passwordCharactersMax,
  passwordCharactersMin,
  roomNameCodePointsMax,
  textBytesMax,
  userNameCharactersMax,
  userNameCharactersMin,
} from './limits.ts';
import type { RejectionCode } from './rejection.ts';

/**
 * Every error that a client can be told, with its words. `{}` stands for the subject: a name, a
 * number of seconds, a usage line. The documentation lists the same codes and words; a test holds
 * the two together.
 */
export const errorCatalogue = {
  // The rules of the chat.
  AlreadyLoggedIn: 'User already logged in elsewhere.',
  SessionOver: 'That session is over. Log in again.',
  TooManyRooms: 'Not joined {}: you have reached the limit of rooms.',
  AccountSuspended: 'This account is suspended.',
  AccountErased: 'This account was erased.',
  NameTaken: 'The name {} is taken.',
  NoSuchUser: 'There is no user {}.',
  PasswordChangedMeanwhile: 'The password of {} was changed meanwhile. Try again.',
  NotInRoom: 'You are not in {}.',
  NotInAnyRoom: 'You are in no room: /join one.',
  CannotSubscribeToSelf: 'You cannot subscribe to yourself.',
  AlreadySubscribed: 'Already subscribed to {}.',
  NotSubscribed: 'Not subscribed to {}.',
  TooManySubscriptions: 'Not subscribed to {}: you have reached the limit of subscriptions.',
  CannotMessageSelf: 'You cannot send a message to yourself.',
  ServerRunning: 'A server named {} is running.',

  // What was typed.
  InvalidCredentials: 'Invalid credentials.',
  InvalidUserName: `{} is no user name: ${userNameCharactersMin} to ${userNameCharactersMax} letters a-z, digits, - and _.`,
  ReservedName: '{} is a name that the server speaks in: take another.',
  InvalidRoomName: `{} is no room name: 1 to ${roomNameCodePointsMax} letters, digits, - _ and dots.`,
  InvalidPassword: `A password has ${passwordCharactersMin} to ${passwordCharactersMax} printable characters and no spaces.`,
  LoggedIn: 'You are logged in already; this was passed over.',
  NotLoggedIn: 'Log in first.',
  WrongPassword: 'That is not your password.',
  EmptyText: 'There is no text in this message.',
  TextTooLong: `Message too long (${textBytesMax} bytes at most).`,
  LineTooLong: `Line too long (${lineBytesMax} bytes at most).`,
  InvalidCursor: 'That is no cursor of this chat.',
  SequenceReused: 'This number was used for another message.',
  NotJson: 'That is no JSON.',
  BadFrame: 'That frame is not as it should be: {}',
  UnknownFrame: 'There is no frame {}.',
  NotUtf8: 'The line is not UTF-8 text.',
  UnknownCommand: 'Unknown command {}. Try /help.',
  Usage: 'Usage: {}',
  RegistrationClosed: 'Registration is closed on this server.',

  // Limits.
  Busy: 'Busy, try again in {} s.',
  TooManyMessages: 'Too many messages, try again in {} s.',
  LoginTimedOut: 'Login timed out.',
  TooManyConnections: 'Too many connections from your network. Try again later.',
  SlowReader: 'You read too slowly and were disconnected. {}',

  // The system.
  Unavailable: 'Not stored: the chat cannot store anything now. Try again in a moment.',
  OutOfReach: 'The chat is out of reach at the moment. Try again soon.',
  OutcomeUnknown: 'Not confirmed: it is unknown whether this was stored.',
  ResumedElsewhere: 'The session goes on on another connection.',
  DuplicateRequest: 'A request of this id is under way.',
  TakenOver: 'Session taken over from another connection.',
  SessionEnded: 'Your session has ended. Log in again.',
  PasswordReset: 'Your password was replaced by an operator. Log in with the new one.',
  ServerStopping: 'This server is stopping. Connect again, or to another server.',
  ServerRestarted: 'This server was out of touch with the others. Log in again.',
  ContinuityBroken: 'The log was set back: messages of {} on are lost or changed.',
  InternalError: 'Something went wrong in the server. It has been logged.',
} as const satisfies Record<string, string> & Record<RejectionCode, string>;

export type ErrorCode = keyof typeof errorCatalogue;

/** The words for an error about `subject`. */
export const errorWords = (code: ErrorCode, subject: string): string =>
  errorCatalogue[code].replace('{}', () => subject);
