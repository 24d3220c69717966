/** A certificate or key that cannot be used or made; the message is a sentence with the way out. */
export class CertificateProblem extends Error {
  override readonly name = 'CertificateProblem';
}
