import { Injectable } from '@nestjs/common';
import type { KeyObject } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Config } from '../../platform/config.js';
import type { Workspace } from '../../platform/workspace.js';
import { openDkimKey } from './dkim-keys.js';
import { Outgoing, type Sender } from './outgoing.js';
import { ReturnPaths } from './return-paths.service.js';
import { loadSigningDomains, type SigningDomain } from './store/sending-domains.store.js';

/** Who may send, loaded for one stretch of sending. */
@Injectable()
export class Senders {
  /** Imported keys by id; a key is never changed. Errors stay too: such a key is not tried again by this process. */
  private readonly opened = new Map<string, KeyObject | Error>();

  constructor(private readonly db: DataSource, private readonly config: Config, private readonly returnPaths: ReturnPaths) {}

  /** What composes and signs, with the domains and keys of now; ask once per batch. */
  async outgoing(workspace: Workspace): Promise<Outgoing> {
    const domains = await loadSigningDomains(this.db);
    const name = this.config.MAIL_FROM_NAME ?? workspace.name;
    const senders = new Map(domains.map((domain): [string, Sender] => [domain.domain, this.senderOf(domain, name)]));
    const main = domains.find(({ isDefault }) => isDefault);
    return new Outgoing(senders, main ? main.domain : null, { name, address: this.config.MAIL_FROM }, await this.returnPaths.signer());
  }

  private senderOf({ domain, fromName, fromLocal, bounceDomain, key }: SigningDomain, name: string): Sender {
    const opened = key === null ? new Error('it has no key') : this.open(key);
    return { from: { name: fromName || name, address: `${fromLocal}@${domain}` }, bounceDomain, key: opened instanceof Error ? opened : { domain, selector: key!.selector, privateKey: opened } };
  }

  private open(key: NonNullable<SigningDomain['key']>): KeyObject | Error {
    let opened = this.opened.get(key.id);
    if (!opened) {
      try {
        opened = openDkimKey(key);
      } catch (error) {
        opened = error instanceof Error ? error : new Error(String(error));
      }
      this.opened.set(key.id, opened);
    }
    return opened;
  }
}
