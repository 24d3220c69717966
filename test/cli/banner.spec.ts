import picocolors from 'picocolors';
import { test } from 'tap';
import { banner, type Started } from '../../cli/banner.ts';

const plain = picocolors.createColors(false);

const demonstration: Started = {
  version: '1.2.3',
  servers: [
    { name: '127.0.0.1-1222', host: '127.0.0.1', port: 1222, web: 'https://localhost:8443' },
    { name: '127.0.0.1-1223', host: '127.0.0.1', port: 1223, web: 'https://localhost:8444' },
  ],
  store: { words: 'embedded, in ./data', flags: '' },
  certificate: {
    certFile: 'certs/server.crt',
    caFile: 'certs/ca.crt',
    made: 'authority',
    validTo: new Date('2029-02-20T10:00:00Z'),
  },
  accounts: { kind: 'demo', accounts: [{ user: 'alice', password: 'password123' }] },
  registration: 'open',
  invocation: 'node dist/cli/main.js',
  isNpmScript: true,
  hostname: 'box',
};

await test('npm start tells how to connect, with which account, and how to stop', async (t) => {
  t.equal(
    banner(demonstration, plain),
    `
SecureChat 1.2.3 is running.

  Servers      127.0.0.1:1222
               127.0.0.1:1223
  Connect      npm run connect
               npm run connect -- localhost:1223
  Browser      https://localhost:8443
               https://localhost:8444
               it warns "Your connection is not private" (in Firefox of a
               "Potential Security Risk"): choose Advanced and go on, or run
               node dist/cli/main.js certs trust
               which prints the commands that make it trust this machine
  Accounts     alice/password123
               for trying out: everybody knows these passwords
  Log          embedded, in ./data
  Certificate  certs/server.crt, made now; valid until 2029-02-20
               signed by a development authority, also made now: certs/ca.crt
  Stop         Ctrl-C

`,
  );
});

await test('a server without accounts says so, and how to make one here', async (t) => {
  const shown = banner(
    {
      ...demonstration,
      servers: [{ name: 'chat-1', host: '0.0.0.0', port: 1222 }],
      store: { words: 'embedded, in /var/chat', flags: '--data /var/chat' },
      certificate: { ...demonstration.certificate, caFile: '/c/ca.crt', made: 'nothing' },
      accounts: { kind: 'none' },
      isNpmScript: false,
    },
    plain,
  );
  t.equal(
    shown,
    `
SecureChat 1.2.3 is running.

  Server       port 1222 of every address, named chat-1
  Connect      node dist/cli/main.js connect --ca /c/ca.crt
  Elsewhere    with a copy of /c/ca.crt:
               node dist/cli/main.js connect box:1222 --ca ca.crt
  Accounts     none yet; make one:
               node dist/cli/main.js user add NAME --data /var/chat
               or REGISTER once connected
  Log          embedded, in /var/chat
  Certificate  certs/server.crt, valid until 2029-02-20
  Stop         Ctrl-C

`,
  );
});

await test('a browser is told of only where there is something for it', async (t) => {
  const [first] = demonstration.servers;
  if (first === undefined) throw new Error('there are two');
  const { name, host, port } = first;
  t.notMatch(banner({ ...demonstration, servers: [{ name, host, port }] }, plain), /Browser/);
  const certificate = { ...demonstration.certificate, caFile: '/c d/ca.crt' };
  t.match(
    banner({ ...demonstration, certificate }, plain),
    '\n               node dist/cli/main.js certs trust --certs "/c d"\n',
  );
});

await test('where registration is closed nobody is told to register', async (t) => {
  const closed = { ...demonstration, accounts: { kind: 'none' }, registration: 'closed' } as const;
  t.notMatch(banner(closed, plain), /REGISTER/);
  const some = { ...closed, accounts: { kind: 'some' } } as const;
  t.notMatch(banner(some, plain), /Accounts/);
});

await test('a certificate of another authority needs no file of trust', async (t) => {
  const { certFile, validTo } = demonstration.certificate;
  const certificate = { certFile, validTo, made: 'nothing' } as const;
  const web = 'https://chat.example';
  const servers = [{ name: 'chat', host: '2001:db8::1', port: 1222, web }];
  const shown = banner({ ...demonstration, servers, certificate }, plain);
  t.match(shown, '  Server       [2001:db8::1]:1222, named chat\n');
  t.match(shown, '  Connect      npm run connect -- [2001:db8::1]:1222\n');
  t.match(shown, '  Elsewhere    node dist/cli/main.js connect [2001:db8::1]:1222\n');
  t.match(
    shown,
    '  Browser      https://chat.example\n  Accounts ',
    'nor does a browser warn of it',
  );
});

await test('a renewed certificate is told', async (t) => {
  const certificate = { ...demonstration.certificate, made: 'certificate' } as const;
  t.match(
    banner({ ...demonstration, certificate }, plain),
    'certs/server.crt, renewed now by the authority certs/ca.crt; valid until 2029-02-20\n',
  );
});

await test('colours change nothing but the colours', async (t) => {
  const coloured = banner(demonstration, picocolors.createColors(true));
  t.match(coloured, '\u001B[36mnpm run connect\u001B[39m');
  t.equal(coloured.replaceAll(/\u001B\[\d+m/g, ''), banner(demonstration, plain));
});
