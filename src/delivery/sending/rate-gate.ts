import type { GateFacts, Wait } from '../../kernel/gates.js';
import type { Db } from '../../platform/database/db.js';
import { nextAt, refilled, room } from './domain/send-rate.js';
import { grouped } from '../tracking/domain/grouped.js';
import type { DispatchGate } from './dispatch-gate.js';
import { lockRates, readRates, spendRates, WORKSPACE, type ScopedBucket } from './store/send-rates.store.js';

interface Asking { id: string; campaignId: string; isControl: boolean }

/**
 * The send rates of campaigns and of the workspace, in the transaction of one claim. The rows are locked until commit, so any number of
 * processes keep one rate together; what is claimed is bounded by what may go, so the rest simply stays queued and nothing is written
 * about it. Control gets nothing and spends nothing. A process that dies after its claim has spent what it took: fewer go, never more.
 */
export class RateGate {
  private readonly spent = new Set<string>();

  private constructor(
    private readonly buckets: Map<string, ScopedBucket>,
    private readonly limited: ReadonlySet<string>,
    /** Campaigns that may send nothing now. */
    readonly held: readonly string[],
    /** How many messages of a campaign may be claimed; not named: any number. */
    readonly rooms: Readonly<Record<string, number>>,
  ) {}

  /** @param share among so many campaigns the room of the workspace is divided */
  static async open(tx: Db, gate: DispatchGate, { now, share }: { now: Date; share: number }): Promise<RateGate> {
    const known = await readRates(tx);
    if (known.length === 0) return new RateGate(new Map(), new Set(), [], {});
    const limited = known.some(({ scope }) => scope === WORKSPACE) ? await gate.limitedCampaigns(tx) : [];
    const asked = known.filter((bucket) => room(refilled(bucket, now)) > 0).map(({ scope }) => scope);
    const buckets = new Map((await lockRates(tx, asked)).map((bucket) => [bucket.scope, refilled(bucket, now)]));
    const rooms: Record<string, number> = {};
    const all = known.some(({ scope }) => scope === WORKSPACE) ? roomOf(buckets, WORKSPACE) : null;
    if (all !== null) for (const id of limited) rooms[id] = Math.ceil(all / share);
    for (const { scope } of known) if (scope !== WORKSPACE) rooms[scope] = Math.min(rooms[scope] ?? Infinity, roomOf(buckets, scope));
    return new RateGate(buckets, new Set(limited), Object.keys(rooms).filter((id) => rooms[id] === 0), rooms);
  }

  /** What the gate of transport is told of these: who goes spends, the others wait for the next place. Campaigns go by turns. */
  take(asking: readonly Asking[]): ReadonlyMap<string, Pick<GateFacts, 'rate'>> {
    const told = new Map<string, Pick<GateFacts, 'rate'>>();
    if (this.buckets.size === 0) return told;
    for (const { id, campaignId, isControl } of byTurns(asking, this.buckets.get(WORKSPACE)?.served ?? null)) {
      const scopes = [campaignId, ...(this.limited.has(campaignId) ? [WORKSPACE] : [])].flatMap((scope) => this.buckets.get(scope) ?? []);
      if (scopes.length === 0 || isControl) continue;
      const full = scopes.find((bucket) => room(bucket) < 1);
      if (full) told.set(id, { rate: waitOf(full) });
      else for (const bucket of scopes) this.spend(bucket, campaignId);
    }
    return told;
  }

  /** Writes what was spent. */
  async close(tx: Db): Promise<void> {
    await spendRates(tx, [...this.spent].map((scope) => this.buckets.get(scope)!));
  }

  private spend(bucket: ScopedBucket, served: string): void {
    this.buckets.set(bucket.scope, { ...bucket, tokens: bucket.tokens - 1, served });
    this.spent.add(bucket.scope);
  }
}

/** One of each campaign after the other, beginning behind the one that went last; those of one campaign stay in their order. */
function byTurns<T extends { campaignId: string }>(asking: readonly T[], served: string | null): T[] {
  const groups = [...grouped(asking, ({ campaignId }) => campaignId)].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const behind = groups.findIndex(([id]) => served !== null && id > served);
  const lines = (behind < 0 ? groups : [...groups.slice(behind), ...groups.slice(0, behind)]).map(([, line]) => line);
  const longest = Math.max(0, ...lines.map((line) => line.length));
  return Array.from({ length: longest }, (_, turn) => lines.flatMap((line) => line[turn] ?? [])).flat();
}

const roomOf = (buckets: ReadonlyMap<string, ScopedBucket>, scope: string): number => {
  const bucket = buckets.get(scope);
  return bucket ? room(bucket) : 0;
};

/** Why a message waits for a rate, and until when at least. */
export const waitOf = (bucket: ScopedBucket): Wait => {
  const scope = bucket.scope === WORKSPACE ? 'workspace' : 'campaign';
  return { until: nextAt(bucket), facts: { rule: 'send_rate', scope, messages: bucket.messages, per: bucket.per, detail: `${scope}: ${bucket.messages} a ${bucket.per}` } };
};

/** From when on each limited campaign may send its next message, where that is not now. */
export async function ratesFrom(db: Db, gate: DispatchGate): Promise<Record<string, Date>> {
  const known = await readRates(db);
  const from: Record<string, Date> = {};
  const workspace = known.find(({ scope }) => scope === WORKSPACE);
  if (workspace) for (const id of await gate.limitedCampaigns(db)) from[id] = nextAt(workspace);
  for (const bucket of known) {
    if (bucket.scope === WORKSPACE) continue;
    const at = nextAt(bucket);
    if (!(from[bucket.scope]! > at)) from[bucket.scope] = at;
  }
  return from;
}
