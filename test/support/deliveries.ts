import type { DataSource } from 'typeorm';
import { EmailContent, InAppContent, type Channel } from '../../src/contract/message.js';
import { compileMessage } from '../../src/delivery/content/compile.js';
import { publishContent } from '../../src/delivery/content/store/content.store.js';
import { enqueueDeliveries, type NewDelivery } from '../../src/delivery/sending/store/deliveries.store.js';
import { newId } from '../../src/kernel/ids.js';
import { rows } from '../../src/platform/database/db.js';

export const EMAIL: EmailContent = EmailContent.parse({ subject: 'Hello {{person.name}}', body: '<mj-section><mj-column><mj-text>Hello {{person.name}}</mj-text></mj-column></mj-section>' });
export const IN_APP: InAppContent = InAppContent.parse({ body: 'Hello {{person.name}}' });

export interface Place { campaignId: string; versionId: string; stepId: string; contentId: string; topic: string }

const compiledBefore = new Map<object, ReturnType<typeof compileMessage>>();

/** MJML takes a moment; a test file uses few different messages. */
function compiledOf(channel: Channel, source: EmailContent | InAppContent) {
  const known = compiledBefore.get(source) ?? compileMessage(channel, source);
  compiledBefore.set(source, known);
  return known;
}

/** A published content and the topics it may be sent under. */
export async function makePlace(db: DataSource, now: Date, source: EmailContent | InAppContent = EMAIL, topic = 'news'): Promise<Place> {
  await rows(db, `insert into topic (key, name, kind, created_at) values ('news', 'News', 'marketing', $1), ('receipts', 'Receipts', 'transactional', $1) on conflict (key) do nothing`, [now]);
  const place = { campaignId: newId(), versionId: newId(), stepId: 'welcome' };
  const channel: Channel = 'subject' in source ? 'email' : 'in_app';
  const contentId = await publishContent(db, { ...place, variant: 'a', channel, source, compiled: await compiledOf(channel, source), now });
  return { ...place, contentId, topic };
}

/** People `p0@example.com`, `p1@example.com` … */
export async function makePeople(db: DataSource, count: number, now: Date, address = (index: number) => `p${index}@example.com`): Promise<string[]> {
  const people = Array.from({ length: count }, (_, index) => ({ id: newId(), email: address(index), attributes: { name: `이름 ${index}` } }));
  await rows(
    db,
    `insert into person (id, kind, email, attributes, first_seen_at, last_seen_at, created_at, updated_at)
     select p."id", 'user', p."email", p."attributes", $2, $2, $2, $2 from jsonb_to_recordset($1::jsonb) as p("id" uuid, "email" text, "attributes" jsonb)`,
    [JSON.stringify(people), now],
  );
  return people.map(({ id }) => id);
}

/** One delivery a person, due now. @returns the ids of those that are new */
export async function queue(db: DataSource, place: Place, people: readonly string[], now: Date, more: Partial<NewDelivery> = {}): Promise<string[]> {
  const { campaignId, versionId, stepId, contentId, topic } = place;
  const queued = people.map((personId): NewDelivery => ({ id: newId(), personId, campaignId, versionId, stepId, enrollmentId: newId(), channel: 'email', contentId, experimentId: null, variant: 'a', isControl: false, topic, dueAt: now, ...more }));
  await enqueueDeliveries(db, queued, now);
  const kept = new Set((await rows<{ id: string }>(db, 'select d.id from delivery as d where d.id = any($1::uuid[])', [queued.map(({ id }) => id)])).map(({ id }) => id));
  return queued.map(({ id }) => id).filter((id) => kept.has(id));
}

export interface DeliveryRow { id: string; personId: string; state: string; reason: string | null; detail: string | null; attempts: number; dueAt: Date; sentAt: Date | null; lockedBy: string | null; fence: number }

/** Deliveries as the database has them, by id. */
export async function deliveries(db: DataSource): Promise<Map<string, DeliveryRow>> {
  const found = await rows<DeliveryRow>(db, `select d.id, d.person_id as "personId", d.state, d.reason, d.detail, d.attempts, d.due_at as "dueAt", d.sent_at as "sentAt", d.locked_by as "lockedBy", d.fence::int as fence from delivery as d order by d.id`);
  return new Map(found.map((each) => [each.id, each]));
}

/** How many deliveries are in each state. */
export async function tally(db: DataSource): Promise<Record<string, number>> {
  const found = await rows<{ state: string; count: number }>(db, 'select d.state, count(*)::int as count from delivery as d group by d.state');
  return Object.fromEntries(found.map(({ state, count }) => [state, count]));
}
