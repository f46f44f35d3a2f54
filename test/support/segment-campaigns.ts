import { windowMillis, type Duration } from '../../src/kernel/local-time.js';
import { rows, type Db } from '../../src/platform/database/db.js';

interface WorldGoal { key: string; primary: boolean; window: Duration; event: { name: string; where: { property: string; op: string; value?: string }[] } }
interface WorldVersion { id: string; goals: WorldGoal[]; /** Step → its test. */ experiments: Record<string, string> }
/** External ones have no messages: whoever is assigned counts. */
export interface WorldCampaign { id: string; external: boolean; versions: WorldVersion[] }

const id = (tail: string): string => `01900000-0000-7000-8000-${tail.padStart(12, '0')}`;
const goal = (key: string, primary: boolean, window: Duration, name: string, where: WorldGoal['event']['where'] = []): WorldGoal => ({ key, primary, window, event: { name, where } });

/** The campaigns of every world: one whose goal changed with its second version, and an external one. */
export const CAMPAIGNS: readonly WorldCampaign[] = [
  {
    id: id('c1'), external: false, versions: [
      { id: id('c11'), goals: [goal('login', true, { seconds: 30 }, 'login'), goal('buy', false, { minutes: 1 }, '구매', [{ property: 'p', op: 'is', value: 'x' }])], experiments: { hello: id('e1'), again: id('e2') } },
      { id: id('c12'), goals: [goal('login', false, { seconds: 7 }, 'login'), goal('buy', true, { minutes: 1 }, '구매', [{ property: 'p', op: 'is', value: 'x' }])], experiments: { hello: id('e1'), again: id('e3') } },
    ],
  },
  { id: id('c2'), external: true, versions: [{ id: id('c21'), goals: [goal('login', true, { seconds: 30 }, 'login')], experiments: { message: id('e4') } }] },
];
export const CAMPAIGN_IDS = CAMPAIGNS.map((campaign) => campaign.id);
/** Every test with its place. */
export const EXPERIMENTS = CAMPAIGNS.flatMap((campaign) => [...new Map(campaign.versions.flatMap(({ experiments }) => Object.entries(experiments).map(([stepId, experimentId]) => [experimentId, { experimentId, stepId, campaign }] as const))).values()]);
export const windowOf = (one: WorldGoal): number => windowMillis(one.window);

/** Writes them; doing it again changes nothing. */
export async function storeCampaigns(db: Db): Promise<void> {
  for (const campaign of CAMPAIGNS) {
    await rows(db, `
      insert into campaign (id, type, name, state, draft, created_by, created_at, updated_at, state_at)
      values ($1, 'series', 'Campaign', 'active', $2, 'test', '2026-01-01Z', '2026-01-01Z', '2026-01-01Z') on conflict do nothing`, [campaign.id, JSON.stringify({ goals: campaign.versions.at(-1)!.goals })]);
    for (const [index, version] of campaign.versions.entries()) {
      const steps = campaign.external ? {} : Object.fromEntries(Object.keys(version.experiments).map((stepId) => [stepId, { id: stepId, type: 'message' }]));
      const experiments = Object.fromEntries(Object.entries(version.experiments).map(([stepId, experimentId]) => [stepId, { experimentId }]));
      await rows(db, `insert into campaign_version (id, campaign_id, number, definition, published_by, published_at) values ($1, $2, $3, $4, 'test', '2026-01-01Z') on conflict do nothing`,
        [version.id, campaign.id, index + 1, JSON.stringify({ goals: version.goals, steps, experiments, conditions: {} })]);
    }
  }
  await rows(db, `
    insert into experiment (id, campaign_id, step_id, version_id, salt, arms, created_at)
    select x.id, x.campaign, x.step, x.campaign, x.id::text, '[]', '2026-01-01Z' from unnest($1::uuid[], $2::uuid[], $3::text[]) as x (id, campaign, step) on conflict do nothing`,
  [EXPERIMENTS.map((one) => one.experimentId), EXPERIMENTS.map(({ campaign }) => campaign.id), EXPERIMENTS.map(({ stepId }) => stepId)]);
}
