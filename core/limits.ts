/**
 * The limits on what users say and keep, each with its reason. Units stand last in the name. Limits
 * of a queue, a table or a wait stand beside it. What a user can meet of both is in
 * `docs/protocol.md`, which a test holds to these numbers.
 */

/** A line client reads 4,096 bytes at once; longer lines would be cut in two by old clients. */
export const lineBytesMax = 4_096;

/** Text that, behind the longest prefix (`[room] user: `), still fits one line of 4,096 bytes. */
export const textBytesMax = 3_800;

/** One message over WebSocket, in UTF-8: with every character escaped it holds the longest text. */
export const frameBytesMax = 65_536;

/** ASCII, one byte each: with a room's name it stands before each line of a text. */
export const userNameCharactersMin = 2;
export const userNameCharactersMax = 32;
/** Of four bytes at most: with a user's name they fit into what a line has beside its text. */
export const roomNameCodePointsMax = 50;

/** NIST SP 800-63B: at least 8; an upper bound keeps a hash from being fed megabytes. */
export const passwordCharactersMin = 8;
export const passwordCharactersMax = 128;

/** A user's followed names are loaded at login, so they are bounded. */
export const subscriptionsMax = 1_000;

/** Rooms that an account keeps, all of which a session by WebSocket is in. */
export const keptRoomsMax = 100;

/** Conversations that are listed, the latest: each costs a look at its end. */
export const conversationsMax = 50;

/** What `/history` shows at most, and when it is not told how much. */
export const historyMessagesMax = 200;
export const historyMessagesDefault = 20;

/** Of a log. Each costs every server a connection that reads it, and every audit a tree. */
export const partitionsMax = 256;
