// One process for all specs of the chat server on WebSocket.
import './conversation.spec.ts';
import './conversations.spec.ts';
import './kept-messages.spec.ts';
import './one-session.spec.ts';
import './read-rooms.spec.ts';
import './resume-behind.spec.ts';
import './resume-moments.spec.ts';
import './resume-storm.spec.ts';
import './resume-trimmed.spec.ts';
import './set-back.spec.ts';
import './store.spec.ts';
import './tokens.spec.ts';
import './resume.spec.ts';
import './repetition.spec.ts';
