import { test } from 'tap';
import { invocation, word } from '../../cli/invocation.ts';

await test('the program is called as it was called, from the same folder', async (t) => {
  t.equal(invocation('/home/a/chat/dist/cli/main.js', '/home/a/chat'), 'node dist/cli/main.js');
  t.equal(invocation('/home/a/chat/dist/cli/main.js', '/home/a'), 'node chat/dist/cli/main.js');
  t.equal(invocation('/app/dist/cli/main.js', '/data'), 'node ../app/dist/cli/main.js');
  t.equal(invocation('/my chat/dist/cli/main.js', '/'), 'node "my chat/dist/cli/main.js"');
  t.equal(invocation('/usr/local/bin/securechat', '/'), 'securechat');
});

await test('a path that a shell would take apart is quoted', async (t) => {
  t.equal(word('./data'), './data');
  t.equal(word('my data'), '"my data"');
});
