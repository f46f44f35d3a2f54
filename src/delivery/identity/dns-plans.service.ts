import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../platform/config.js';
import { PublicUrl } from '../../platform/public-url.js';
import { listRelays } from '../relays/store/relays.store.js';
import { DnsLookup } from './dns-lookup.js';
import { judge, questionsOf, type RecordCheck } from './domain/dns-findings.js';
import { recordsOf, spfMechanism, type DomainPlan, type PublishRecord } from './domain/dns-records.js';
import type { SendingDomain } from './store/sending-domains.store.js';

/** What a domain has to publish for the relays and the intake of this installation, and what DNS says about it. */
@Injectable()
export class DnsPlans {
  constructor(private readonly db: DataSource, private readonly config: Config, private readonly publicUrl: PublicUrl, private readonly lookup: DnsLookup) {}

  async records(domain: SendingDomain): Promise<PublishRecord[]> {
    return recordsOf(await this.planOf(domain));
  }

  /** Asks DNS now; takes ten seconds at most. */
  async check(domain: SendingDomain): Promise<RecordCheck[]> {
    const plan = await this.planOf(domain);
    return judge(plan, await this.lookup.ask(questionsOf(plan)));
  }

  private async planOf({ domain, bounceDomain, keys }: SendingDomain): Promise<DomainPlan> {
    const relays = (await listRelays(this.db)).filter(({ enabled }) => enabled).map(({ host }) => host);
    const hosts = relays.length > 0 ? relays : this.config.SMTP_URL ? [new URL(this.config.SMTP_URL).hostname.replace(/^\[(.*)\]$/, '$1')] : [];
    const spf = [...new Set(hosts.flatMap((host) => spfMechanism(host) ?? []))];
    return { domain, bounceDomain, keys, spf, returnHost: new URL(this.publicUrl.value).hostname };
  }
}
