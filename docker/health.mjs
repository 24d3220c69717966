// Asks the chat servers of this container whether they can both append and read. Whoever answers on
// these ports is this container itself, so no certificate has to prove it.
import { get } from 'node:https';
import { text } from 'node:stream/consumers';

const ports = (process.env.SECURECHAT_WEB_PORT ?? '8443').split(',');

function ask(port) {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: Number(port), path: '/readyz', timeout: 2_000 };
    const asked = get({ ...options, rejectUnauthorized: false }, resolve);
    asked.on('timeout', () => asked.destroy(new Error('no answer in two seconds')));
    asked.on('error', reject);
  });
}

let isReady = true;
for (const port of ports) {
  try {
    const answer = await ask(port);
    console.log(`${port}: ${(await text(answer)).trim()}`);
    isReady &&= answer.statusCode === 200;
  } catch (error) {
    console.log(`${port}: ${error.message}`);
    isReady = false;
  }
}
process.exit(isReady ? 0 : 1);
