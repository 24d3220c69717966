import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent, request, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { within } from './until.ts';

const answersWithinMs = 10_000;

export interface WebAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Ask = (path: string, options?: RequestOptions) => Promise<WebAnswer>;

/** Asks a web port of the loopback over HTTPS, each time on a connection of its own. */
export const askerOf =
  (port: number, ca: Buffer): Ask =>
  async (path, options = {}) => {
    const agent = new Agent({ keepAlive: false });
    const asked = request({ host: 'localhost', port, ca, path, agent, ...options });
    asked.end();
    const answered = once(asked, 'response') as Promise<[IncomingMessage]>;
    const [response] = await within(answered, answersWithinMs, `an answer to ${path}`);
    const { statusCode: status = 0, headers } = response;
    return { status, headers, body: await text(response) };
  };
