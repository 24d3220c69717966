// The X.509 library injects its dependencies by decorators, which need this first.
import 'reflect-metadata';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import { webcrypto } from 'node:crypto';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import pino from 'pino';
import type { Test } from 'tap';

import {
  listenForWeb,
  type WebListener,
  type WebListenerOptions,
} from '../../../adapters/http/web-listener.ts';
import { loadOrMakeCertificates } from '../../../adapters/tls/certificates.ts';
import { type Ask, askerOf } from '../../support/web-client.ts';

export const host = '127.0.0.1';

/** A web listener that is open, and the means to look at it. */
export interface Listening extends AsyncDisposable {
  readonly listener: WebListener;
  readonly ask: Ask;
  readonly ca: Buffer;
  plain(): Socket;
  tls(): TLSSocket;
}

interface Pair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Options for a port that is free, a page of three files, and a server whose metrics fail. */
export function optionsOf(t: Test): WebListenerOptions {
  const page = t.testdir({
    certs: {},
    page: {
      'index.html': '<!doctype html>',
      'favicon.svg': '<svg/>',
      assets: { 'page-K3WXY7ZQ.js': 'export {};' },
    },
  });
  return {
    host,
    port: 0,
    minVersion: 'TLSv1.3',
    page: `${page}/page`,
    status: {
      whyNotReady: async () => undefined,
      metrics: () => Promise.reject(new Error('arranged by a test')),
      stateHash: () => undefined,
    },
    servers: () => [],
    allowedOrigins: [],
    log: pino({ level: 'silent' }),
  };
}

/** With a certificate of a development authority, unless another one is given. */
export async function listen(
  t: Test,
  changes: Partial<WebListenerOptions> = {},
  pair?: Pair,
): Promise<Listening> {
  const options = optionsOf(t);
  const certificates = pair ?? (await loadOrMakeCertificates({ dir: `${options.page}/../certs` }));
  const listener = await listenForWeb({ ...options, ...changes });
  listener.open(certificates);
  const { port } = listener;
  const sockets = new Set<Socket>();
  const kept = <S extends Socket>(socket: S): S => {
    sockets.add(socket);
    return socket.on('error', () => {});
  };
  return {
    listener,
    ask: askerOf(port, certificates.cert),
    ca: certificates.cert,
    plain: () => kept(connectTcp({ host, port })),
    tls: () => kept(connectTls({ host, port, ca: certificates.cert, servername: 'localhost' })),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await listener.stop();
    },
  };
}

/** A certificate for localhost that no authority of ours has signed. */
export async function foreignCertificate(): Promise<Pair> {
  const { privateKey, publicKey } = await webcrypto.subtle.generateKey(
    { name: 'ECDSA', namedCurve: 'P-256' },
    true,
    ['sign', 'verify'],
  );
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Some other authority',
    keys: { privateKey, publicKey },
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  const pem = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(key).toString('base64')}\n-----END PRIVATE KEY-----\n`;
  return { cert: Buffer.from(certificate.toString('pem')), key: Buffer.from(pem) };
}
