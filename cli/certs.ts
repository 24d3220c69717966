import { Command, Option } from 'commander';
import { addHelpText } from './help-text.ts';
import { repeatable } from './command-flags.ts';

const environment = 'The folder may also be named by SECURECHAT_CERTS, as for serve.';

/** `securechat certs` */
export function certsCommand(): Command {
  const command = new Command('certs')
    .addCommand(trustCommand())
    .summary('make or show the development certificate')
    .description(
      "Make what is missing: a development authority, and a certificate that it signs for localhost and this machine's name; then show both, and how other machines can trust them.",
    )
    .addOption(folder())
    .addOption(
      repeatable('--name <NAME>', 'one more host name or address under which clients connect'),
    )
    .option('--show', 'show what is there, and make nothing')
    .action(async (options: CertsOptions) => {
      const { certs } = await import('./certificates-shown.ts');
      await certs(options);
    });
  return addHelpText(command, { paragraphs: [environment] });
}

/** Called as `serve` calls it. */
const folder = (): Option =>
  new Option('--certs <DIR>', 'the folder that holds them (default: ./certs)');

function trustCommand(): Command {
  const command = new Command('trust')
    .summary('show how browsers on this machine come to trust it')
    .description(
      'Show the commands that make the browsers of this machine, and what else asks the system, trust the development authority, and those that take it back. Nothing is changed.',
    )
    .addOption(folder());
  addHelpText(command, {
    paragraphs: [environment],
    examples: (trust) => [[`${trust} --certs DIR`, 'where the certificates are not in ./certs']],
  });
  return command.action(async () => {
    const { trust } = await import('./authority-trusted.ts');
    await trust(command.optsWithGlobals<CertsOptions>());
  });
}

export interface CertsOptions {
  readonly certs?: string;
  readonly name?: readonly string[];
  readonly show?: boolean;
}
