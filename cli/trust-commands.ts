import type { System } from './this-system.ts';

/** The certificate of an authority that is to be trusted. */
export interface TrustedAuthority {
  /** An absolute path. */
  readonly file: string;
  /** Under which it is kept, and found again to be taken out. */
  readonly name: string;
}

/** Commands for one kind of program, in the order in which they are typed. */
export interface TrustStep {
  readonly whom: string;
  readonly commands: readonly string[];
}

/** What makes a system's programs trust an authority; without sudo, those of the user who types it. */
export function trustSteps(system: System, authority: TrustedAuthority): readonly TrustStep[] {
  const file = quoted(authority.file);
  if (system === 'other') return [];
  if (system === 'macOS') {
    const keychain = '~/Library/Keychains/login.keychain-db';
    const command = `security add-trusted-cert -r trustRoot -k ${keychain} ${file}`;
    return [{ whom: 'Safari, Chrome, Firefox and all others', commands: [command] }];
  }
  const add = `certutil -A -t C,, -n ${quoted(authority.name)} -i ${file}`;
  return [
    { whom: 'First, a tool for the stores of browsers', commands: [nssTools[system]] },
    {
      whom: 'Chromium, Chrome, Edge',
      commands: ['mkdir -p ~/.pki/nssdb', inChromium(add)],
    },
    { whom: 'Firefox, where it has been started before', commands: [inFirefox(add)] },
    { whom: 'curl, and what else asks the system', commands: systemStore(system, 'add', file) },
  ];
}

/** What takes all of that back. */
export function distrustSteps(system: System, authority: TrustedAuthority): readonly string[] {
  const file = quoted(authority.file);
  if (system === 'other') return [];
  if (system === 'macOS') return [`security remove-trusted-cert ${file}`];
  const remove = `certutil -D -n ${quoted(authority.name)}`;
  return [inChromium(remove), inFirefox(remove), ...systemStore(system, 'remove', file)];
}

type Linux = Exclude<System, 'macOS' | 'other'>;

const nssTools: Readonly<Record<Linux, string>> = {
  Debian: 'sudo apt-get install libnss3-tools',
  Fedora: 'sudo dnf install nss-tools',
  Linux: 'certutil -H   # comes with a package called nss, nss-tools or mozilla-nss-tools',
};
/** The second one is of a package of Ubuntu's that lives in a folder of its own. */
const inChromium = (command: string): string =>
  `for s in ~/.pki/nssdb ~/snap/chromium/current/.pki/nssdb; do [ -d "$s" ] && ${command} -d sql:"$s"; done`;

/** Each profile has a store. */
const inFirefox = (command: string): string =>
  `find ~/.mozilla ~/.config/mozilla ~/snap/firefox -name cert9.db 2>/dev/null | while read -r s; do ${command} -d sql:"$(dirname "$s")"; done`;

function systemStore(system: Linux, what: 'add' | 'remove', file: string): readonly string[] {
  const name = 'securechat-development.crt';
  const { folder, update } = systemFolders[system];
  if (folder === undefined)
    return [`sudo trust anchor ${what === 'add' ? '--store' : '--remove'} ${file}`];
  const change = what === 'add' ? `cp ${file} ${folder}/${name}` : `rm ${folder}/${name}`;
  return [`sudo ${change} && sudo ${update}`];
}

const systemFolders: Readonly<
  Record<Linux, { readonly folder?: string; readonly update?: string }>
> = {
  Debian: { folder: '/usr/local/share/ca-certificates', update: 'update-ca-certificates' },
  Fedora: { folder: '/etc/pki/ca-trust/source/anchors', update: 'update-ca-trust' },
  Linux: {},
};

/** One word for a shell, whatever is in it. */
const quoted = (text: string): string =>
  /^[\w./:@+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
