import { row, rows } from '../../src/platform/database/db.js';
import { newId } from '../../src/kernel/ids.js';
import type { TestApp } from './app.js';
import { autoMessage, email, inApp } from './campaign-definitions.js';

export interface Told {
  person: string; step?: string; variant?: string; channel?: string; state: string; reason?: string | null; isControl?: boolean; language?: string | null;
  /** How the person came by the arm. */
  source?: 'hash' | 'choice'; at: string; settledAt?: string | null; address?: string; relay?: string; refusal?: string; attempts?: number; campaign?: PublishedCampaign;
}

export interface PublishedCampaign { id: string; versionId: string; experiments: Record<string, { experimentId: string }> }

const CONTENT = { subject: '안녕', body: '<mj-section><mj-column><mj-text>안녕</mj-text></mj-column></mj-section>' };
/** An e-mail in two variants with a control. */
export const twoArms = (id: string, next: string | null) => email(id, next, { variants: [{ key: 'A', content: CONTENT }, { key: 'B', content: CONTENT }], control: { weight: 1 } });

/** Ledgers written by hand, so that what a report must say can be worked out by hand. The campaign itself is published. */
export class ReportWorld {
  campaign!: PublishedCampaign;

  constructor(readonly app: TestApp) {}

  async publish(definition: unknown, name = '보고서'): Promise<PublishedCampaign> {
    const made = await this.app.api('POST', '/v1/campaigns', { name, definition });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    const published = await this.app.api('POST', `/v1/campaigns/${made.body.id}/publish`);
    if (published.status !== 200) throw new Error(JSON.stringify(published.body));
    const version = (await row<{ id: string; definition: { experiments: PublishedCampaign['experiments'] } }>(this.app.db, 'select v.id, v.definition from campaign_version as v where v.campaign_id = $1', [made.body.id]))!;
    this.campaign = { id: made.body.id, versionId: version.id, experiments: version.definition.experiments };
    return this.campaign;
  }

  async people(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => newId());
    await rows(this.app.db, `insert into person (id, kind, first_seen_at, last_seen_at, created_at, updated_at) select p.id, 'user', $2, $2, $2, $2 from unnest($1::uuid[]) as p (id)`, [ids, new Date('2026-01-01T00:00:00Z')]);
    return ids;
  }

  /** A run that came to a message and got this delivery. The arm is assigned when the message was decided, the first time. */
  async message(told: Told): Promise<string> {
    const { person, step = 'a', variant = 'A', channel = 'email', state, reason = null, isControl = false, language = null, source = 'hash', at, settledAt = at, attempts = 1, campaign = this.campaign } = told;
    const [id, enrollment] = [newId(), newId()];
    const experiment = campaign.experiments[step]!.experimentId;
    const isSent = ['sent', 'delivered', 'bounced'].includes(state);
    await rows(this.app.db, `insert into assignment (experiment_id, person_id, campaign_id, variant, is_control, source, assigned_at) values ($1, $2, $3, $4, $5, $7, $6) on conflict do nothing`, [experiment, person, campaign.id, variant, isControl, at, source]);
    await this.run({ person, step, at, state: 'completed', left: at, outcome: 'queued', enrollment, campaign });
    await rows(this.app.db, `
      insert into delivery (id, person_id, campaign_id, version_id, step_id, enrollment_id, channel, experiment_id, variant, is_control, topic, state, reason, due_at, queued_at, sent_at, settled_at, language, attempts, address, relay, refusal)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'news', $11, $12, $13, $13, $14, $15, $16, $17, $18, $19, $20)`,
    [id, person, campaign.id, campaign.versionId, step, enrollment, channel, experiment, variant, isControl, state, reason, at, isSent && !isControl ? at : null, settledAt, language, attempts, told.address ?? null, told.relay ?? null, told.refusal ?? null]);
    return id;
  }

  /** A run that stands at, or went from, one step. */
  async run({ person, step, at, state, left = null, outcome = null, due = null, exit = null, enrollment = newId(), campaign = this.campaign }: { person: string; step: string; at: string; state: string; left?: string | null; outcome?: string | null; due?: string | null; exit?: string | null; enrollment?: string; campaign?: PublishedCampaign }): Promise<string> {
    await rows(this.app.db, `
      insert into enrollment (id, person_id, campaign_id, version_id, entry_key, state, exit_code, step_id, step_arrived_at, due_at, entered_at, left_at) values ($1, $2, $3, $4, ($1::uuid)::text, $5, $6, $7, $8, $9, $8, $10)`,
    [enrollment, person, campaign.id, campaign.versionId, state, exit, step, at, due, state === 'active' ? null : left]);
    await this.visit({ person, step, at, left, outcome, enrollment, campaign });
    return enrollment;
  }

  async visit({ person, step, at, left, outcome, enrollment, campaign = this.campaign }: { person: string; step: string; at: string; left: string | null; outcome: string | null; enrollment: string; campaign?: PublishedCampaign }): Promise<void> {
    await rows(this.app.db, 'insert into step_visit (enrollment_id, person_id, step_id, campaign_id, version_id, arrived_at, left_at, outcome) values ($1, $2, $3, $4, $5, $6, $7, $8)', [enrollment, person, step, campaign.id, campaign.versionId, at, left, outcome]);
  }

  async react(delivery: string, person: string, kind: string, at: string, verdict = 'human', data: object = {}): Promise<void> {
    await rows(this.app.db, 'insert into delivery_event (delivery_id, person_id, kind, event_key, at, verdict, data) values ($1, $2, $3, $4, $5, $6, $7)', [delivery, person, kind, newId(), at, verdict, JSON.stringify(data)]);
  }

  async refuse({ person, code, at, stage = 'entry', step = null, enrollment = null, campaign = this.campaign }: { person: string; code: string; at: string; stage?: string; step?: string | null; enrollment?: string | null; campaign?: PublishedCampaign }): Promise<void> {
    await rows(this.app.db, 'insert into decision (id, person_id, at, campaign_id, version_id, step_id, enrollment_id, stage, code) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)', [newId(), person, at, campaign.id, campaign.versionId, step, enrollment, stage, code]);
  }

  async event(person: string, name: string, at: string, properties: object = {}): Promise<void> {
    await rows(this.app.db, `insert into event (id, person_id, type, name, properties, occurred_at, received_at, message_id) values ($1, $2, 'track', $3, $4, $5, $5, ($1::uuid)::text)`, [newId(), person, name, JSON.stringify(properties), at]);
  }

  async answer(delivery: string, person: string, { at, step = 'message', variant = 'A', kind = 'survey', score = null, choices = null, text = null }: { at: string; step?: string; variant?: string; kind?: string; score?: number | null; choices?: string[] | null; text?: string | null }): Promise<void> {
    await rows(this.app.db, 'insert into message_answer (delivery_id, person_id, campaign_id, version_id, step_id, variant, kind, score, choices, text, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text[], $10, $11)', [delivery, person, this.campaign.id, this.campaign.versionId, step, variant, kind, score, choices, text, at]);
  }

  /** One report of the campaign. */
  async report(name: string, query = '', campaign = this.campaign) {
    return this.app.api('GET', `/v1/campaigns/${campaign.id}/reports/${name}${query}`);
  }
}

/** A question on websites, answered five times at `at`; answers its campaign. */
export async function writeSurvey(world: ReportWorld, at: string): Promise<string> {
  const content = { format: 'survey', survey: { question: '추천하시겠어요?', kind: 'nps', comment: '이유' } };
  const { id } = await world.publish(autoMessage({ message: inApp('message', { variants: [{ key: 'A', content }] }) }), '추천 설문');
  const people = await world.people(5);
  for (const [index, [score, text]] of ([[10, '정말 빠른 응답'], [9, null], [8, '만족해요'], [0, '느려요'], [6, null]] as const).entries()) {
    const delivery = await world.message({ person: people[index]!, step: 'message', channel: 'in_app', state: 'delivered', at });
    await world.react(delivery, people[index]!, 'impression', at, 'human', { dwell: 90_000 + index * 1_000 });
    await world.answer(delivery, people[index]!, { at, score, text });
  }
  return id;
}
