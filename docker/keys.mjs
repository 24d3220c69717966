// Makes the keys that the servers share, in the folder named, unless they are there: the master key,
// under which texts are sealed, and the key that checkpoints of the log are signed with.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = 'keys'] = process.argv.slice(2);

place('master.key', `${randomBytes(32).toString('base64')}\n`);
const { privateKey } = generateKeyPairSync('ed25519');
place('audit.key', privateKey.export({ format: 'pem', type: 'pkcs8' }));

/** Whole, or not at all: nobody ever sees half a key. */
function place(name, content) {
  const draft = join(folder, `.draft-${name}-${process.pid}`);
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, join(folder, name));
    console.log(`Made ${name}.`);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
}
