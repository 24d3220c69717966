import type { FastifyReply } from 'fastify';

/** Answers in words, which nobody keeps. */
export const plain = (reply: FastifyReply, code: number, words: string): FastifyReply =>
  reply
    .code(code)
    .header('cache-control', 'no-store')
    .type('text/plain; charset=utf-8')
    .send(`${words}\n`);
