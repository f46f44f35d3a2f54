/** What happened in one campaign. */
export interface CampaignNews { id: string; name: string; sent: number; delivered: number; opened: number; clicked: number; bounced: number; complained: number; uncertain: number }
export interface VerdictNews { campaignId: string; campaign: string; stepId: string; state: string; winner: string | null }
export interface PauseNews { campaignId: string; campaign: string; en: string; ko: string }
export interface RefusalNews { code: string; count: number }

/** A campaign that runs and sends hardly anything any more: messages in the period before, and in this one. */
export interface CollapseNews { campaignId: string; campaign: string; before: number; now: number }

/** Everything a digest tells about a period. */
export interface DigestFacts { collapses: CollapseNews[]; campaigns: CampaignNews[]; refusals: RefusalNews[]; verdicts: VerdictNews[]; pauses: PauseNews[]; brokenSegments: string[] }

export type Worry =
  | { kind: 'paused'; campaign: string; campaignId: string; en: string; ko: string }
  | { kind: 'bounces' | 'complaints' | 'uncertain'; campaign: string; campaignId: string; count: number; of: number }
  | { kind: 'collapse'; campaign: string; campaignId: string; before: number; now: number }
  | { kind: 'not_made'; count: number }
  | { kind: 'traffic'; campaign: string; campaignId: string }
  | { kind: 'segment'; name: string };

/** Shares that are worth a look, of at least so many messages; the error budget pauses later. */
const [LOOK_AT, BOUNCES, COMPLAINTS] = [20, 0.05, 0.001];
const MAKING = ['RENDER_ERROR', 'RENDER_MISSING_VAR', 'LANGUAGE_MISSING'];

/** What somebody should look at, the worst first. */
export function worriesOf({ collapses, campaigns, refusals, verdicts, pauses, brokenSegments }: DigestFacts): Worry[] {
  const share = (kind: 'bounces' | 'complaints', count: (news: CampaignNews) => number, limit: number) =>
    campaigns.filter((news) => news.sent >= LOOK_AT && count(news) / news.sent > limit).map((news): Worry => ({ kind, campaign: news.name, campaignId: news.id, count: count(news), of: news.sent }));
  const notMade = refusals.filter(({ code }) => MAKING.includes(code)).reduce((sum, { count }) => sum + count, 0);
  return [
    ...pauses.map((news): Worry => ({ kind: 'paused', ...news })),
    ...verdicts.filter(({ state }) => state === 'traffic_problem').map(({ campaign, campaignId }): Worry => ({ kind: 'traffic', campaign, campaignId })),
    ...collapses.map((news): Worry => ({ kind: 'collapse', ...news })),
    ...share('bounces', (news) => news.bounced, BOUNCES),
    ...share('complaints', (news) => news.complained, COMPLAINTS),
    ...campaigns.filter((news) => news.uncertain > 0).map((news): Worry => ({ kind: 'uncertain', campaign: news.name, campaignId: news.id, count: news.uncertain, of: news.sent })),
    ...(notMade > 0 ? [{ kind: 'not_made' as const, count: notMade }] : []),
    ...brokenSegments.map((name): Worry => ({ kind: 'segment', name })),
  ];
}

export const isEmpty = (facts: DigestFacts): boolean => facts.campaigns.length === 0 && facts.refusals.length === 0 && facts.verdicts.length === 0 && worriesOf(facts).length === 0;
