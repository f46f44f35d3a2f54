import { Injectable } from '@nestjs/common';
import { X509Certificate, type KeyObject } from 'node:crypto';
import { refusal, type Refusal } from './domain/provider.js';
import { Outside } from './outside.js';

/** Amazon has one certificate a region and renews it yearly. */
const KEPT = 50;

/**
 * The certificates with which Amazon SNS signs, by their addresses. An address is fetched once however many messages wait for
 * it; its name is a hash of its content, so what was fetched stays true until the certificate ends.
 */
@Injectable()
export class SnsCertificates {
  private readonly kept = new Map<string, X509Certificate>();
  private readonly fetching = new Map<string, Promise<X509Certificate>>();

  constructor(private readonly outside: Outside) {}

  /** The public key behind an address that was checked to be Amazon's, or why there is none now. */
  async keyOf(url: string, now: Date): Promise<KeyObject | Refusal> {
    let certificate: X509Certificate;
    try {
      certificate = this.kept.get(url) ?? (await this.fetchOnce(url));
    } catch (error) {
      return refusal('certificate', 'unavailable', `The certificate of Amazon SNS could not be read: ${error instanceof Error ? error.message : 'no answer'}.`);
    }
    if (now < new Date(certificate.validFrom) || now > new Date(certificate.validTo)) {
      this.kept.delete(url);
      return refusal('certificate', 'forbidden', 'The signing certificate is not valid now.');
    }
    return certificate.publicKey;
  }

  private fetchOnce(url: string): Promise<X509Certificate> {
    const known = this.fetching.get(url);
    if (known) return known;
    const fetched = this.outside.get(url).then((pem) => this.keep(url, new X509Certificate(pem))).finally(() => this.fetching.delete(url));
    this.fetching.set(url, fetched);
    return fetched;
  }

  private keep(url: string, certificate: X509Certificate): X509Certificate {
    if (this.kept.size >= KEPT) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(url, certificate);
    return certificate;
  }
}
