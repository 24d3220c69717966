/** Listens with the certificate of the folder given, and says its port and what trouble it has. */
import { listenForLines } from '../../../adapters/line/line-listener.ts';
import { loadOrMakeCertificates } from '../../../adapters/tls/certificates.ts';

const certificate = await loadOrMakeCertificates({ dir: process.argv[2] ?? '' });
const listener = await listenForLines({
  host: '127.0.0.1',
  port: 0,
  minVersion: 'TLSv1.3',
  onTrouble: (error) => console.log(`trouble ${error.message}`),
});
listener.open(certificate, () => {
  throw new Error('nobody shakes hands here');
});
console.log(`port ${listener.port}`);
// Until it is killed.
setInterval(() => {}, 60_000);
