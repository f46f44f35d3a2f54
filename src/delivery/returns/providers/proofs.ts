import { Injectable } from '@nestjs/common';
import { KeyObject } from 'node:crypto';
import type { BoundedJson } from '../../../kernel/bounded-json.js';
import { mailgunProof, refuseMailgun } from './domain/mailgun.js';
import { refusePostmark } from './domain/postmark.js';
import { refusal, type Refusal } from './domain/provider.js';
import { refuseSendgrid, sendgridKey } from './domain/sendgrid.js';
import { isSignedBySns, readSnsMessage, refuseSns } from './domain/sns.js';
import type { HookRequest } from './hook-request.js';
import { Outside } from './outside.js';
import { SnsCertificates } from './sns-certificates.js';
import type { Connection } from './store/connections.store.js';

/** What a believed request brings besides its reports. */
export interface Proven {
  /** Counts only once, whatever else it comes with; null when the signature covers the whole body. */
  onceToken: string | null;
  /** It confirmed the subscription of a topic: this one. */
  confirmed: string | null;
}

const PROVEN: Proven = { onceToken: null, confirmed: null };

/** Decides whether a request comes from the provider of its connection (5-email.md, section 4). */
@Injectable()
export class Proofs {
  constructor(private readonly certificates: SnsCertificates, private readonly outside: Outside) {}

  async check(connection: Connection, request: HookRequest, json: BoundedJson, now: Date): Promise<Proven | Refusal> {
    if (connection.provider === 'ses') return this.checkSns(connection, json, now);
    const secrets = connection.secrets.map(({ value }) => value);
    if (secrets.length === 0) return refusal('no_secret', 'forbidden', 'The connection has no secret yet to check this with.');
    switch (connection.provider) {
      case 'sendgrid': {
        const proof = { signature: request.header('x-twilio-email-event-webhook-signature'), timestamp: request.header('x-twilio-email-event-webhook-timestamp'), body: request.body };
        return refuseSendgrid(proof, secrets.map(sendgridKey).filter((key) => key !== null), now) ?? PROVEN;
      }
      case 'mailgun': {
        if ('fault' in json) return refusal('malformed', 'invalid', `The body ${json.fault}.`);
        const proof = mailgunProof(json.value);
        return refuseMailgun(proof, secrets, now) ?? { ...PROVEN, onceToken: proof.timestamp + proof.token };
      }
      case 'postmark':
        return refusePostmark(request.header('authorization'), secrets) ?? PROVEN;
    }
  }

  private async checkSns({ topicArns }: Connection, json: BoundedJson, now: Date): Promise<Proven | Refusal> {
    if ('fault' in json) return refusal('malformed', 'invalid', `The body ${json.fault}.`);
    const message = readSnsMessage(json.value);
    if ('reason' in message) return message;
    const refused = refuseSns(message, topicArns, now);
    if (refused) return refused;
    const key = await this.certificates.keyOf(message.signingCertUrl, now);
    if (!(key instanceof KeyObject)) return key;
    if (!isSignedBySns(message, key)) return refusal('signature', 'forbidden', 'The signature does not fit the message.');
    if (message.type !== 'SubscriptionConfirmation') return PROVEN;
    // Before the answer: should we die in between, Amazon asks again, and confirming twice is confirming once.
    return this.outside.get(message.subscribeUrl).then(
      () => ({ ...PROVEN, confirmed: message.topicArn }),
      (error: unknown) => refusal('unconfirmed', 'unavailable', `Amazon SNS did not take the confirmation: ${error instanceof Error ? error.message : 'no answer'}.`),
    );
  }
}
