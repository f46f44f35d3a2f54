import type { DataSource } from 'typeorm';
import { deliverability } from '../src/analytics/reports/deliverability.js';
import { overlap } from '../src/analytics/reports/overlap.js';
import { Reports } from '../src/analytics/reports/reports.service.js';
import { surveys } from '../src/analytics/reports/surveys.js';
import { newId } from '../src/kernel/ids.js';
import { rows } from '../src/platform/database/db.js';
import { median, type BenchRow } from './bench.js';

const TIMES = 3;
const SECONDS = 2;
/** Further campaigns, each of which reached every third or so person. */
const OTHERS = 3;
const TABLES = ['delivery', 'delivery_event'];

/** How a question of one campaign's rows would be asked by hand, when nothing but its sums is wanted. */
const BY_HAND = {
  deliverability: `select lower(substring(d.address from '@([^@]+)$')), d.relay, d.state, count(*) from delivery as d where d.channel = 'email' and d.attempts > 0 and d.queued_at >= now() - interval '30 days' group by 1, 2, 3`,
  overlap: `select count(*), count(distinct r.person_id), sum(r.messages) from (select d.person_id, count(*) as messages from delivery as d where not d.is_control and d.state in ('sent', 'delivered') and d.queued_at >= now() - interval '30 days' group by d.person_id) as r`,
  surveys: `select a.variant, a.score, count(*), count(a.text) from message_answer as a where a.kind = 'survey' and a.at >= now() - interval '30 days' group by 1, 2`,
};

/** Deliverability by domain and relay, overlap and surveys, among so many e-mails, as many displayed surveys and three smaller campaigns. */
export async function benchReports(db: DataSource, reports: Reports, people: number, id: (kind: string, number: string) => string): Promise<BenchRow[]> {
  const campaignId = await makeWorld(db, people, id);
  const askers: { name: string; ask: () => Promise<unknown>; floor: string }[] = [
    { name: 'domains', ask: () => reports.ofWorkspace(deliverability, deliverability.query.parse({ by: 'domain' })), floor: BY_HAND.deliverability },
    { name: 'domains and relays', ask: () => reports.ofWorkspace(deliverability, deliverability.query.parse({ by: 'domain_and_relay' })), floor: BY_HAND.deliverability },
    { name: 'overlap', ask: () => reports.ofWorkspace(overlap, overlap.query.parse({})), floor: BY_HAND.overlap },
    { name: 'surveys', ask: () => reports.ofCampaign(surveys, campaignId, surveys.query.parse({})), floor: BY_HAND.surveys },
  ];
  const found: BenchRow[] = [];
  for (const { name, ask, floor } of askers) {
    const [took, byHand]: [number[], number[]] = [[], []];
    for (let time = 0; time < TIMES; time += 1) {
      took.push(await timed(ask));
      byHand.push(await timed(() => rows(db, floor)));
    }
    const value = median(took);
    found.push({ name: `report: ${name} (floor: the sums alone, by hand)`, value, unit: 's', floor: median(byHand), ratio: value / median(byHand), budget: `<= ${SECONDS} s`, ok: value <= SECONDS });
  }
  return found;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

/** @returns the campaign with a survey */
async function makeWorld(db: DataSource, people: number, id: (kind: string, number: string) => string): Promise<string> {
  for (const table of TABLES) await rows(db, `alter table ${table} disable trigger user`);
  await rows(db, `update delivery as d set attempts = 1, relay = 'relay-' || (ascii(right(d.id::text, 1)) % 2), address = 'someone@' || case when ascii(right(d.id::text, 2)) % 10 < 8 then 'large-' || (ascii(right(d.id::text, 1)) % 8) else 'small-' || left(md5(d.id::text), 2) end || '.example' where not d.is_control`);
  const [survey, version] = [newId(), newId()];
  const step = { id: 'ask', type: 'message', channel: 'in_app', variants: ['a', 'b'].map((key) => ({ key, content: { body: 'How likely?', survey: { kind: 'nps', question: 'How likely are you to recommend us?' } } })) };
  const definition = { definition: { type: 'auto_message' }, goals: [], steps: { ask: step }, experiments: {}, conditions: {} };
  for (let campaign = 0; campaign <= OTHERS; campaign += 1) {
    const [campaignId, versionId] = campaign === 0 ? [survey, version] : [newId(), newId()];
    await rows(db, `insert into campaign (id, type, name, state, draft, created_by, created_at, updated_at, state_at, current_version_id) values ($1, 'auto_message', $3, 'active', '{}', 'bench', now(), now(), now(), $2)`, [campaignId, versionId, `Bench ${campaign}`]);
    await rows(db, `insert into campaign_version (id, campaign_id, number, definition, published_by, published_at) values ($1, $2, 1, $3, 'bench', now() - interval '30 days')`, [versionId, campaignId, JSON.stringify(definition)]);
    for (let start = 0; start < people; start += 100_000) {
      const some = `generate_series(${start}, ${Math.min(start + 100_000, people) - 1}) as n`;
      const here = campaign === 0 ? 'true' : `n % ${campaign + 2} = 0`;
      await rows(db, `
        insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, variant, topic, state, due_at, queued_at, settled_at)
        select ${id(`00000000001${campaign}`, 'n')}, ${id('000000000001', 'n')}, $1, $2, 'ask', ${id(`00000000002${campaign}`, 'n')}, 'in_app', case n % 2 when 0 then 'a' else 'b' end, 'news', 'delivered', now() - interval '5 days', now() - interval '5 days', now() - interval '5 days'
          from ${some} where ${here}`, [campaignId, versionId]);
      if (campaign === 0) {
        await rows(db, `
          insert into message_answer (delivery_id, person_id, campaign_id, version_id, step_id, variant, kind, score, text, at)
          select ${id('000000000010', 'n')}, ${id('000000000001', 'n')}, $1, $2, 'ask', case n % 2 when 0 then 'a' else 'b' end, 'survey', n % 11, case when n % 20 = 0 then 'Fine' end, now() - interval '4 days' from ${some} where n % 5 = 0`, [campaignId, versionId]);
      }
    }
  }
  for (const table of TABLES) await rows(db, `alter table ${table} enable trigger user`);
  await rows(db, 'vacuum analyze');
  return survey;
}
