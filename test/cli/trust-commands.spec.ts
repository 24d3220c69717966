import { test } from 'tap';
import { type System, thisSystem } from '../../cli/this-system.ts';
import { distrustSteps, trustSteps } from '../../cli/trust-commands.ts';

const authority = { file: "/home/o'neil/certs/ca.crt", name: 'An authority' };
const word = String.raw`'/home/o'\''neil/certs/ca.crt'`;

const added = (system: System): readonly string[] =>
  trustSteps(system, authority).flatMap(({ commands }) => commands);

await test('a system is known by what it says it is, and is like', async (t) => {
  t.equal(thisSystem('darwin'), 'macOS');
  t.equal(thisSystem('linux', 'ID=debian\n'), 'Debian');
  t.equal(
    thisSystem('linux', 'NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n'),
    'Debian',
  );
  t.equal(thisSystem('linux', 'ID="rocky"\nID_LIKE="rhel centos fedora"\n'), 'Fedora');
  t.equal(thisSystem('linux', 'ID=arch\nVARIANT=debian\n'), 'Linux');
  t.equal(thisSystem('linux', ''), 'Linux');
  t.equal(thisSystem('freebsd', 'ID=freebsd\n'), 'other');
});

await test('each system has its tool for browsers, and its own store', async (t) => {
  t.match(added('Debian')[0], 'sudo apt-get install libnss3-tools');
  t.match(added('Fedora')[0], 'sudo dnf install nss-tools');
  t.equal(
    added('Debian').at(-1),
    `sudo cp ${word} /usr/local/share/ca-certificates/securechat-development.crt && sudo update-ca-certificates`,
  );
  t.equal(
    added('Fedora').at(-1),
    `sudo cp ${word} /etc/pki/ca-trust/source/anchors/securechat-development.crt && sudo update-ca-trust`,
  );
  t.equal(added('Linux').at(-1), `sudo trust anchor --store ${word}`);
  t.strictSame(added('macOS'), [
    `security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db ${word}`,
  ]);
  t.strictSame(added('other'), []);
});

await test('the stores of Chromium and of each profile of Firefox are told of it', async (t) => {
  const commands = added('Debian').filter((line) => line.includes('certutil'));
  t.match(commands, [/^for s in ~\/\.pki\/nssdb /, /^find ~\/\.mozilla .* -name cert9\.db /]);
  for (const line of commands)
    t.ok(line.includes(`certutil -A -t C,, -n 'An authority' -i ${word} -d sql:"`), line);
});

await test('all that was added can be taken back', async (t) => {
  for (const system of ['Debian', 'Fedora', 'Linux', 'macOS'] as const) {
    const takenBack = distrustSteps(system, authority);
    const changes = added(system).filter((line) => !/install|certutil -H|mkdir/.test(line));
    t.equal(takenBack.length, changes.length, system);
  }
  t.match(distrustSteps('Debian', authority), [
    /certutil -D -n 'An authority' /,
    /certutil -D -n 'An authority' /,
    'sudo rm /usr/local/share/ca-certificates/securechat-development.crt && sudo update-ca-certificates',
  ]);
});
