import { Injectable } from '@nestjs/common';
import { rows, type Db } from '../platform/database/db.js';
import { loadWorkspace } from '../platform/workspace.js';
import { countPlan, type CountPlan } from './domain/count-plan.js';
import { readsOf } from './domain/reads.js';
import { listPlanned, loadVersions, type VersionFacts } from './reads/campaign.read.js';

const KEPT = 500;
const DAY_MS = 86_400_000;

/** Everything about how a campaign is counted, read in one snapshot. */
export interface Counting {
  plan: CountPlan;
  versions: VersionFacts[];
  /** What its goals read, as {@link readsOf}. */
  reads: string[];
  timeZone: string;
}

/** Knows how campaigns are counted. Published versions never change, so each is read once. */
@Injectable()
export class CountPlans {
  private readonly known = new Map<string, VersionFacts>();

  async load(db: Db, campaignId: string): Promise<Counting> {
    const listed = await rows<{ id: string; publishedAt: Date }>(db, 'select v.id, v.published_at as "publishedAt" from campaign_version as v where v.campaign_id = $1::uuid order by v.number', [campaignId]);
    const missing = listed.filter(({ id }) => !this.known.has(id)).map(({ id }) => id);
    const read = new Map((await loadVersions(db, missing)).map((version) => [version.id, version]));
    const versions = listed.map(({ id }) => this.known.get(id) ?? read.get(id)!);
    for (const version of versions) this.keep(version);
    const { timeZone } = await loadWorkspace(db);
    // Processes whose clocks differ publish and decide; a day is more than they ever do.
    const since = new Date((listed[0]?.publishedAt.getTime() ?? 0) - DAY_MS);
    const plan = countPlan({ id: campaignId, since, timeZone }, versions.map(({ id, definition }) => ({ id, ...definition })), await listPlanned(db, campaignId));
    return { plan, versions, reads: readsOf(plan), timeZone };
  }

  private keep(version: VersionFacts): void {
    this.known.delete(version.id);
    this.known.set(version.id, version);
    if (this.known.size > KEPT) this.known.delete(this.known.keys().next().value!);
  }
}
