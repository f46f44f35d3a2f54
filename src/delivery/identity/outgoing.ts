import { compose, type ComposedMail, type Mailbox, type MailToCompose } from '../sending/compose.js';
import { AddressRefused, wireDomain } from '../sending/wire-address.js';
import { DkimFailure, dkimSigned, type DkimKey } from './dkim-signer.js';
import { PLAIN_SMTP, replacedHeaders } from './domain/provider-headers.js';
import type { ReturnPathSigner } from './return-paths.service.js';

/** One of our domains as it sends. */
export interface Sender {
  from: Mailbox;
  bounceDomain: string | null;
  /** An error when its key can not sign: then nothing of this domain may leave. */
  key: DkimKey | Error;
}

/** A message without its From and envelope sender, which are ours to say. */
export type OutgoingMail = Omit<MailToCompose, 'from' | 'returnPath'>;

/** A composed message that has not been signed. */
export interface Unsigned {
  mail: ComposedMail;
  /** The message that may leave. @throws {DkimFailure} */
  sealed(): Promise<ComposedMail>;
}

/** Composes messages in the name of our domains and signs them. */
export class Outgoing {
  /**
   * @param senders by domain
   * @param main the domain of messages that name no sender; `fallback` when null
   * @param fallback the configured sender, whose domain may be one of ours
   */
  constructor(private readonly senders: ReadonlyMap<string, Sender>, private readonly main: string | null, private readonly fallback: Mailbox, private readonly returnPaths: ReturnPathSigner) {}

  /**
   * @throws {AddressRefused} when an address can not stand in a message, or the author's From is none of ours
   * @throws {DkimFailure} when the key of its domain can not sign
   */
  compose(mail: OutgoingMail): Unsigned {
    const { from, sender } = this.senderOf(mail.content.fromAddress);
    if (sender?.key instanceof Error) throw new DkimFailure(`Nothing is sent from ${from.address.slice(from.address.lastIndexOf('@') + 1)}: its DKIM key can not sign.`, { cause: sender.key });
    const key = sender?.key;
    const returnPath = sender?.bounceDomain ? this.returnPaths.addressOf(mail.deliveryId, sender.bounceDomain) : undefined;
    const composed = compose({ ...mail, from, returnPath });
    const sealed = async () => (key ? { ...composed, raw: await dkimSigned(composed.raw, key, mail.date, replacedHeaders(mail.relay ?? PLAIN_SMTP)) } : composed);
    return { mail: composed, sealed };
  }

  /** The domain that a message with this From, or without one, leaves from. */
  domainFor(wanted: string | undefined): string {
    return wanted === undefined && this.main !== null ? this.main : domainOf(wanted ?? this.fallback.address) ?? '';
  }

  private senderOf(wanted: string | undefined): { from: Mailbox; sender: Sender | undefined } {
    if (wanted === undefined && this.main !== null) {
      const sender = this.senders.get(this.main)!;
      return { from: sender.from, sender };
    }
    const address = wanted ?? this.fallback.address;
    const sender = this.senders.get(domainOf(address) ?? '');
    if (!sender && domainOf(address) !== domainOf(this.fallback.address)) throw new AddressRefused('from', `${address} is of no sending domain.`);
    return { from: { name: sender?.from.name ?? this.fallback.name, address }, sender };
  }
}

const domainOf = (address: string) => wireDomain(address.slice(address.lastIndexOf('@') + 1));
