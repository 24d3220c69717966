import type { PageFiles } from './page-files.ts';
import { plain } from './plain-answer.ts';
import type { WebServer } from './web-server.ts';

/** The page at `/`, and what it loads. */
export function addPageRoute(web: WebServer, files: PageFiles): void {
  web.get('/*', (request, reply) => {
    const [path = ''] = request.url.split('?');
    const file = files.get(path);
    if (file === undefined && path === '/') return plain(reply, 404, noPage);
    if (file === undefined) return reply.callNotFound();
    reply.headers({ 'cache-control': file.cacheControl, etag: file.etag });
    if (isHeld(request.headers['if-none-match'], file.etag)) return reply.code(304).send();
    return reply.type(file.contentType).send(file.bytes);
  });
}

const noPage = 'The page is not part of this installation; the chat runs. Build it: npm run build.';

/** Whether a browser has what it asks for (RFC 9110, 13.1.2; ours are never weak, theirs may be). */
const isHeld = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
