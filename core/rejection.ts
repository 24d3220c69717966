/** Every reason for which a command can be refused by the rules of the chat. */
export type RejectionCode =
  | 'AlreadyLoggedIn'
  | 'SessionOver'
  | 'TooManyRooms'
  | 'AccountSuspended'
  | 'AccountErased'
  | 'NameTaken'
  | 'NoSuchUser'
  | 'PasswordChangedMeanwhile'
  | 'NotInRoom'
  | 'CannotSubscribeToSelf'
  | 'AlreadySubscribed'
  | 'NotSubscribed'
  | 'TooManySubscriptions'
  | 'CannotMessageSelf'
  | 'ServerRunning';

/** A command that the rules refuse. Nothing is appended for it. */
export class Rejection {
  readonly code: RejectionCode;
  /** The user, room or server that the refusal is about. */
  readonly subject: string;

  constructor(code: RejectionCode, subject: string) {
    this.code = code;
    this.subject = subject;
  }
}

/** What a decider answers: the events to append (none: it is already so), or a refusal. */
export type Decision<E> = readonly E[] | Rejection;

/** Closes a switch over a union: the compiler proves that no case is left. */
export function unreachable(value: never): never {
  throw new Error(`A case was not handled: ${JSON.stringify(value)}`);
}
