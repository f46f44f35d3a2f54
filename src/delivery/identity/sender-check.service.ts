import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../platform/config.js';
import { row, type Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { ruleOf } from '../rules/domain/rule-settings.js';
import { senderDomain } from '../sending/wire-address.js';
import { defaultDomain, holdSendingDomains, knownDomains } from './store/sending-domains.store.js';

/** What is to be said about the sender of a message before it is published. */
export interface SenderRemark { severity: 'error' | 'warning'; code: 'bad-sender' | 'unknown-sender' | 'unverified-sender'; message: string }

/** Looks at senders as publishing does. */
@Injectable()
export class SenderCheck {
  constructor(private readonly db: DataSource, private readonly config: Config) {}

  /**
   * Null when the sender is fine. An author may name only senders of ours; marketing should come from a domain whose DKIM key
   * was found in DNS, which the rule `verified_sender` decides about as soon as mail leaves the sandbox.
   *
   * @param fromAddress the sender the message names, if any
   */
  async remark(fromAddress: string | undefined, topic: string): Promise<SenderRemark | null> {
    const fallback = senderDomain(this.config.MAIL_FROM);
    const own = fromAddress === undefined ? (await defaultDomain(this.db))?.domain ?? fallback : senderDomain(fromAddress);
    if (own === null) return { severity: 'error', code: 'bad-sender', message: 'The sender is not one e-mail address, or has characters outside ASCII before the @.' };
    const known = (await knownDomains(this.db, [own])).get(own);
    if (!known && own !== fallback) return { severity: 'error', code: 'unknown-sender', message: `${own} is not one of the sending domains.` };
    const rule = ruleOf(await loadWorkspace(this.db), 'verified_sender');
    if (!rule.on || known?.verified || !(await this.leaves()) || !(await this.isMarketing(topic))) return null;
    const what = known ? `The DKIM key of ${own} has not been found in DNS.` : `${own} is not a sending domain, so its messages are not signed here.`;
    return { severity: rule.parameters.strict ? 'error' : 'warning', code: 'unverified-sender', message: `${what} Gmail, Yahoo, Outlook.com and Naver reject or hide marketing without aligned DKIM.` };
  }

  /**
   * Keeps the domains of these senders until commit, so that none is deleted while a message that names it is published.
   *
   * @returns those that are no longer ours
   */
  async hold(tx: Db, fromAddresses: readonly string[]): Promise<string[]> {
    const named = [...new Set(fromAddresses.flatMap((address) => senderDomain(address) ?? []))].toSorted();
    const held = await holdSendingDomains(tx, named);
    const fallback = senderDomain(this.config.MAIL_FROM);
    return named.filter((domain) => !held.has(domain) && domain !== fallback);
  }

  /** Whether messages go to a relay. Nobody is disappointed by what stays in the sandbox. */
  private async leaves(): Promise<boolean> {
    return this.config.SMTP_URL !== undefined || (await row(this.db, 'select from relay as r where r.enabled limit 1')) !== null;
  }

  private async isMarketing(topic: string): Promise<boolean> {
    return (await row(this.db, `select from topic as t where t.key = $1 and t.kind = 'marketing'`, [topic])) !== null;
  }
}
