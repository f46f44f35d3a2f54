import { Injectable } from '@nestjs/common';
import { LinkKeys } from '../tracking/link-keys.service.js';
import { readReturnPath, returnPathKey, returnPathOf } from './domain/return-path.js';

/** Makes the envelope senders of one stretch of sending, without waiting for anything. */
export interface ReturnPathSigner {
  /** @param bounceDomain the sending domain's own, whose MX leads to our intake */
  addressOf(deliveryId: string, bounceDomain: string): string;
}

/**
 * The addresses that bounces come back to (VERP, 5-email.md section 7.3). Their keys follow from the signing keys: the newest
 * signs, those not retired verify, so a rotation loses nothing and retiring a leaked key also voids its return paths. A
 * return that is not recognised any more can still be attributed by its Message-ID.
 */
@Injectable()
export class ReturnPaths {
  constructor(private readonly keys: LinkKeys) {}

  /** A signer with the key of now; ask once per batch. */
  async signer(): Promise<ReturnPathSigner> {
    const key = returnPathKey((await this.keys.verifying())[0]!);
    return { addressOf: (deliveryId, bounceDomain) => `${returnPathOf(key, deliveryId)}@${bounceDomain}` };
  }

  /** The envelope sender of one delivery. */
  async addressOf(deliveryId: string, bounceDomain: string): Promise<string> {
    return (await this.signer()).addressOf(deliveryId, bounceDomain);
  }

  /** The delivery that an address of ours returns to; null for every other text, whatever it is. */
  async read(address: string): Promise<string | null> {
    return readReturnPath((await this.keys.verifying()).map(returnPathKey), address);
  }
}
