import { Inject, Injectable, Optional } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { wireDomain } from '../sending/wire-address.js';
import { generateDkimKey, importDkimKey } from './dkim-keys.js';
import { DnsPlans } from './dns-plans.service.js';
import { isVerified, type RecordCheck } from './domain/dns-findings.js';
import type { PublishRecord } from './domain/dns-records.js';
import { SENDER_USE, type SenderUse } from './sender-use.js';
import {
  deleteDkimKey, deleteSendingDomain, insertDkimKey, insertSendingDomain, listSendingDomains, loadSendingDomain, lockSendingDomain, recordChecks, setDefaultDomain, switchDkimKey, updateSendingDomain,
  type SendingDomain,
} from './store/sending-domains.store.js';

/** Where a new key comes from: the selector it is published under, and the operator's own key instead of a new one. */
export interface KeyRequest { selector?: string; privateKey?: string }
export interface DomainSettings { fromName?: string; fromLocal?: string; bounceDomain?: string | null; isDefault?: boolean }

/** The domains we send from: their records, keys and checks. Changes are audited; private keys are never answered. */
@Injectable()
export class SendingDomains {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly dns: DnsPlans, @Optional() @Inject(SENDER_USE) private readonly use: SenderUse | null = null) {}

  list(page: { after: string | null; limit: number }): Promise<SendingDomain[]> {
    return listSendingDomains(this.db, page);
  }

  /** @throws sending-domain.not-found */
  async load(id: string, db: Db = this.db): Promise<SendingDomain> {
    const found = await loadSendingDomain(db, id);
    if (!found) throw notFound('sending-domain', id);
    return found;
  }

  /**
   * Adds a domain with a key that signs from now on.
   *
   * @throws sending-domain.bad-domain, .bad-key, .exists
   */
  async create(request: { domain: string } & KeyRequest & DomainSettings, actor: Actor): Promise<SendingDomain> {
    const now = this.clock.now();
    const domain = asDomain(request.domain, 'domain');
    const key = request.privateKey === undefined ? await generateDkimKey() : importDkimKey(request.privateKey);
    const id = newId();
    const selector = request.selector ?? selectorOf(now, id);
    return inTransaction(this.db, async (tx) => {
      const bounceDomain = request.bounceDomain ? asDomain(request.bounceDomain, 'bounceDomain') : null;
      if (!(await insertSendingDomain(tx, { id, domain, fromName: request.fromName ?? '', fromLocal: request.fromLocal ?? 'hello', bounceDomain, createdBy: actorName(actor) }, now))) throw conflict('sending-domain.exists', `${domain} is a sending domain already.`);
      await insertDkimKey(tx, { ...key, id: newId(), domainId: id, selector, state: 'active' }, now);
      if (request.isDefault) await setDefaultDomain(tx, id, now);
      await this.audit.record(tx, { actor, action: 'sending-domain.create', subject: `sending-domain:${id}`, detail: { domain, selector, ownKey: request.privateKey !== undefined } }, now);
      return this.load(id, tx);
    });
  }

  /** Changes what is given. */
  update(id: string, { isDefault, ...change }: DomainSettings, actor: Actor): Promise<SendingDomain> {
    const bounceDomain = change.bounceDomain ? asDomain(change.bounceDomain, 'bounceDomain') : change.bounceDomain;
    return this.changing(id, { action: 'update', detail: { changed: Object.keys({ ...change, ...(isDefault === undefined ? {} : { isDefault }) }) } }, actor, async (tx, now, before) => {
      await updateSendingDomain(tx, id, { ...change, bounceDomain }, now);
      if (isDefault === true) await setDefaultDomain(tx, id, now);
      if (isDefault === false && before.isDefault) await setDefaultDomain(tx, null, now);
    });
  }

  /** The records to publish. */
  async records(id: string): Promise<PublishRecord[]> {
    return this.dns.records(await this.load(id));
  }

  /** Asks DNS what is published and keeps the answer. */
  async check(id: string): Promise<{ checks: RecordCheck[]; domain: SendingDomain }> {
    const seen = await this.load(id);
    const checks = await this.dns.check(seen);
    await inTransaction(this.db, async (tx) => {
      if (!(await lockSendingDomain(tx, id))) throw notFound('sending-domain', id);
      // What DNS did not answer says nothing about a key that was found before.
      const silent = checks.some(({ kind, verdict }) => kind === 'dkim' && verdict === 'unknown');
      await recordChecks(tx, id, checks, silent ? seen.verifiedAt !== null : isVerified(checks), this.clock.now());
    });
    return { checks, domain: await this.load(id) };
  }

  /** Makes the key that comes next; the present one signs until {@link switchKey}. */
  async rotate(id: string, request: KeyRequest, actor: Actor): Promise<SendingDomain> {
    const key = request.privateKey === undefined ? await generateDkimKey() : importDkimKey(request.privateKey);
    const keyId = newId();
    const selector = request.selector ?? selectorOf(this.clock.now(), keyId);
    return this.changing(id, { action: 'rotate', detail: { selector } }, actor, async (tx, now, before) => {
      if (before.keys.some(({ state }) => state === 'next')) throw conflict('sending-domain.rotating', 'There is a next key already. Switch to it or delete it first.');
      if (before.keys.some((other) => other.selector === selector)) throw conflict('sending-domain.selector-used', `The selector ${selector} is that of another key.`);
      await insertDkimKey(tx, { ...key, id: keyId, domainId: id, selector, state: 'next' }, now);
    });
  }

  /**
   * Signs with the next key from now on. It must be in DNS, so that no message leaves that nobody can verify.
   *
   * @param unseen switches although DNS does not show it
   * @throws sending-domain.no-next-key, .next-key-unpublished
   */
  async switchKey(id: string, unseen: boolean, actor: Actor): Promise<SendingDomain> {
    const seen = await this.load(id);
    const next = seen.keys.find(({ state }) => state === 'next');
    if (!next) throw conflict('sending-domain.no-next-key', 'There is no next key. Rotate first.');
    const found = unseen ? undefined : (await this.dns.check(seen)).find(({ kind }) => kind === 'dkim_next');
    if (!unseen && found?.verdict !== 'ok' && found?.verdict !== 'warning') throw conflict('sending-domain.next-key-unpublished', `The next key can not be used yet: ${found?.sentence.en ?? 'it was not looked for.'}`);
    return this.changing(id, { action: 'switch', detail: { selector: next.selector, unseen } }, actor, async (tx, now, before) => {
      if (!before.keys.some(({ state, selector }) => state === 'next' && selector === next.selector)) throw conflict('sending-domain.changed', 'The keys of this domain were changed meanwhile. Look again.');
      await switchDkimKey(tx, id, now);
    });
  }

  /** Forgets a key that does not sign. */
  deleteKey(id: string, selector: string, actor: Actor): Promise<SendingDomain> {
    return this.changing(id, { action: 'delete-key', detail: { selector } }, actor, async (tx, _now, before) => {
      if (before.keys.some((key) => key.selector === selector && key.state === 'active')) throw conflict('sending-domain.key-in-use', 'This key signs now. Rotate and switch, then delete it.');
      if (!(await deleteDkimKey(tx, id, selector))) throw notFound('dkim-key', selector);
    });
  }

  /**
   * Deletes the domain and its keys.
   *
   * @param confirm the domain's name
   * @throws sending-domain.in-use while a campaign in progress sends from one of its addresses: its messages would fail
   */
  async delete(id: string, confirm: string, actor: Actor): Promise<void> {
    await inTransaction(this.db, async (tx) => {
      if (!(await lockSendingDomain(tx, id))) throw notFound('sending-domain', id);
      const { domain } = await this.load(id, tx);
      if (wireDomain(confirm) !== domain) throw new AppError('sending-domain.confirm', `Nothing was deleted. To delete ${domain} and its keys for good, repeat its name as "confirm".`, 'invalid', [{ path: 'confirm', code: 'sending-domain.confirm', message: `must be the name ${domain}` }]);
      const users = (await this.use?.campaignsFrom(tx, domain)) ?? [];
      if (users.length > 0) throw conflict('sending-domain.in-use', `Messages of ${users.map((name) => `“${name}”`).join(', ')} are sent from addresses of ${domain}. Stop these campaigns or publish them with another sender, then delete it.`);
      await deleteSendingDomain(tx, id);
      await this.audit.record(tx, { actor, action: 'sending-domain.delete', subject: `sending-domain:${id}`, detail: { domain } }, this.clock.now());
    });
  }

  private changing(id: string, entry: { action: string; detail: Record<string, unknown> }, actor: Actor, change: (tx: Db, now: Date, before: SendingDomain) => Promise<void>): Promise<SendingDomain> {
    const now = this.clock.now();
    return inTransaction(this.db, async (tx) => {
      if (!(await lockSendingDomain(tx, id))) throw notFound('sending-domain', id);
      await change(tx, now, await this.load(id, tx));
      await this.audit.record(tx, { actor, action: `sending-domain.${entry.action}`, subject: `sending-domain:${id}`, detail: entry.detail }, now);
      return this.load(id, tx);
    });
  }
}

/** New with each key, since DNS servers remember an old answer: `danbi-20260302-7f3a`. */
const selectorOf = (now: Date, id: string) => `danbi-${now.toISOString().slice(0, 10).replaceAll('-', '')}-${id.slice(-4)}`;

function asDomain(text: string, path: string): string {
  const domain = wireDomain(text.trim().replace(/\.$/, ''));
  if (domain === null || !domain.includes('.')) throw new AppError('sending-domain.bad-domain', 'This is not a domain such as news.example.com.', 'invalid', [{ path, code: 'sending-domain.bad-domain', message: 'must be a domain such as news.example.com' }]);
  return domain;
}
