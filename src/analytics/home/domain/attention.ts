/** What somebody should look at. The page has the words; `text` is of Danbi itself where it has said why already. */
export type Attention =
  | { kind: 'paused'; campaignId: string; name: string; text: { en: string; ko: string } }
  | { kind: 'breaker'; text: { en: string; ko: string } }
  | { kind: 'approval'; campaignId: string; name: string }
  | { kind: 'zero' | 'collapse' | 'surge'; campaignId: string; name: string; count: number; expected: number }
  | { kind: 'stuck'; campaignId: string; name: string; count: number }
  | { kind: 'canary'; campaignId: string; name: string; count: number }
  | { kind: 'split'; campaignId: string; name: string }
  | { kind: 'bounces' | 'complaints'; campaignId: string; name: string; count: number; of: number }
  | { kind: 'readout_due' | 'readout_done'; campaignId: string; name: string }
  | { kind: 'segment'; segmentId: string; name: string }
  | { kind: 'domain'; domainId: string; name: string }
  | { kind: 'relay'; name: string }
  | { kind: 'webhook_off' | 'webhook_resting'; endpointId: string; name: string }
  | { kind: 'webhook_lost'; endpointId: string; name: string; count: number }
  | { kind: 'silent'; since: string };

/** What is known, as the store reads it. */
export interface Found {
  paused: { campaignId: string; name: string; en: string; ko: string }[];
  /** The breaker of the workspace, when it is open. */
  breaker: { en: string; ko: string } | null;
  /** Somebody asks for an approval, or a launch that is due waits for one. */
  approvals: { campaignId: string; name: string }[];
  /** Campaigns with people whose step or message was due long ago. */
  stuck: { campaignId: string; name: string; count: number }[];
  anomalies: { campaignId: string; name: string; kind: 'zero' | 'collapse' | 'surge'; seen: number; expected: number }[];
  /** Campaigns with notes on canary people that nobody has seen, and how many. */
  canaries: { campaignId: string; name: string; notes: number }[];
  tests: { campaignId: string; name: string; what: 'split' | 'due' | 'done' }[];
  /** By campaign, of the last seven days. */
  sent: { campaignId: string; name: string; sent: number; bounced: number; complained: number }[];
  segments: { segmentId: string; name: string }[];
  domains: { domainId: string; name: string }[];
  relays: { name: string }[];
  endpoints: { endpointId: string; name: string; enabled: boolean; because: string | null; isResting: boolean; lost: number }[];
  /** When the last event happened; null when there was none yet. */
  lastEventAt: Date | null;
}

/** Shares that are worth a look, of at least so many messages (as in the digest); the error budget pauses later. */
const [LOOK_AT, BOUNCES, COMPLAINTS] = [20, 0.05, 0.001];
const SILENT_MS = 24 * 3_600_000;

/** Everything that needs somebody, the worst first. Pure. */
export function attentionOf(found: Found, now: Date): Attention[] {
  const share = (kind: 'bounces' | 'complaints', count: (one: Found['sent'][number]) => number, limit: number): Attention[] =>
    found.sent.filter((one) => one.sent >= LOOK_AT && count(one) / one.sent > limit).map((one) => ({ kind, campaignId: one.campaignId, name: one.name, count: count(one), of: one.sent }));
  const tests = (what: 'split' | 'due' | 'done', kind: 'split' | 'readout_due' | 'readout_done') => found.tests.filter((one) => one.what === what).map(({ campaignId, name }) => ({ kind, campaignId, name }));
  const isSilent = found.lastEventAt !== null && now.getTime() - found.lastEventAt.getTime() > SILENT_MS;
  return [
    ...(found.breaker ? [{ kind: 'breaker' as const, text: found.breaker }] : []),
    ...found.paused.map(({ campaignId, name, en, ko }): Attention => ({ kind: 'paused', campaignId, name, text: { en, ko } })),
    ...found.approvals.map((one): Attention => ({ kind: 'approval', ...one })),
    ...found.stuck.map((one): Attention => ({ kind: 'stuck', ...one })),
    ...found.anomalies.map(({ campaignId, name, kind, seen, expected }): Attention => ({ kind, campaignId, name, count: seen, expected })),
    ...found.canaries.map(({ campaignId, name, notes }): Attention => ({ kind: 'canary', campaignId, name, count: notes })),
    ...tests('split', 'split'),
    ...share('bounces', ({ bounced }) => bounced, BOUNCES),
    ...share('complaints', ({ complained }) => complained, COMPLAINTS),
    ...found.relays.map(({ name }): Attention => ({ kind: 'relay', name })),
    ...found.domains.map((one): Attention => ({ kind: 'domain', ...one })),
    ...found.segments.map((one): Attention => ({ kind: 'segment', ...one })),
    // An endpoint that a colleague switched off is off on purpose.
    ...found.endpoints.filter(({ enabled, because }) => !enabled && (because === 'gone' || because === 'failing')).map(({ endpointId, name }): Attention => ({ kind: 'webhook_off', endpointId, name })),
    ...found.endpoints.filter(({ enabled, isResting }) => enabled && isResting).map(({ endpointId, name }): Attention => ({ kind: 'webhook_resting', endpointId, name })),
    ...found.endpoints.filter(({ lost }) => lost > 0).map(({ endpointId, name, lost }): Attention => ({ kind: 'webhook_lost', endpointId, name, count: lost })),
    ...(isSilent ? [{ kind: 'silent' as const, since: found.lastEventAt!.toISOString() }] : []),
    ...tests('due', 'readout_due'),
    ...tests('done', 'readout_done'),
  ];
}
