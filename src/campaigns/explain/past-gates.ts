import { ADDRESSEE } from '../../contract/message.js';
import { addressHash } from '../../delivery/preferences/domain/address.js';
import { judgeReach, type ReachFacts } from '../../delivery/preferences/domain/reach.js';
import { quietOf } from '../../delivery/rules/quiet.js';
import { walkGates, type GateFacts, type ReentryFacts, type Verdict } from '../../kernel/gates.js';
import { newId } from '../../kernel/ids.js';
import { addDuration } from '../../kernel/local-time.js';
import { consentKey } from '../../people/domain/reserved-keys.js';
import { loadPastPerson, type PastPerson } from '../../people/past-person.js';
import { row, type Db } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import type { MessageStep } from '../domain/arms.js';
import { pacingAt } from '../domain/published.js';
import { usableZone } from '../engine/people.js';
import type { RunRecord } from '../store/ledger.store.js';
import type { CampaignVersion } from '../store/versions.store.js';
import { explained } from './trigger.js';

export interface PastQuestion { version: CampaignVersion; personId: string; step: MessageStep | null; runs: readonly RunRecord[] }

/** What became of a campaign by each thing done to it. */
const STATE_AFTER: Record<string, string> = { 'campaign.create': 'draft', 'campaign.publish': 'active', 'campaign.resume': 'active', 'campaign.pause': 'paused', 'campaign.drain': 'draining', 'campaign.stop': 'stopped', 'campaign.archive': 'archived' };

/** The state of a campaign at a moment, from the audit log; null when the log does not reach back so far. */
export async function stateAt(db: Db, campaignId: string, at: Date): Promise<string | null> {
  const last = await row<{ action: string }>(db, `
    select a.action from audit_entry as a where a.subject = $1 and a.action = any($2::text[]) and a.at <= $3::timestamptz order by a.id desc limit 1`, [`campaign:${campaignId}`, Object.keys(STATE_AFTER), at]);
  return last ? STATE_AFTER[last.action]! : null;
}

/** What decided about consent, address and blocks at a moment, by what was known then. A block that was lifted since is not known any more. */
export async function reachThen(db: Db, step: MessageStep, person: PastPerson): Promise<ReachFacts> {
  const topic = await row<{ kind: ReachFacts['topicKind']; optIn: boolean }>(db, 'select t.kind, t.opt_in as "optIn" from topic as t where t.key = $1', [step.topic]);
  const hash = person.email === null ? null : addressHash(person.email);
  const blocked = step.channel === 'email' && hash !== null ? await row<{ reason: string }>(db, `
    select s.reason from suppression as s where s.channel = 'email' and s.address_hash = $1 and s.at <= $2::timestamptz and (s.until is null or s.until > $2::timestamptz)`, [hash, person.at]) : null;
  const consent = person.reserved.get(consentKey(step.channel, step.topic))?.value;
  return { kind: person.kind, topicKind: topic?.kind ?? null, optIn: topic?.optIn ?? null, consent: consent === 'subscribed' || consent === 'unsubscribed' ? consent : null, addressMissing: step.channel === 'email' && hash === null, blockedBy: blocked?.reason ?? null };
}

/**
 * What the gates would have said at a past moment, by what was known then: of somebody who was not considered until then. Holdouts, caps and the end of runs are
 * not reconstructed: they stay open, as neither passed nor refused.
 */
export async function pastGates(db: Db, { version, personId, step, runs }: PastQuestion, at: Date): Promise<Verdict[]> {
  const person = await loadPastPerson(db, personId, at);
  if (!person) return walkGates({ now: at, reach: { code: 'PERSON_DELETED' } });
  const workspace = await loadWorkspace(db);
  const state = await stateAt(db, version.campaignId, at);
  const { audience, entry } = version.published;
  const told = audience ? await explained(db, audience, personId, at, true) : null;
  const did = entry.type === 'event' ? (await explained(db, { type: 'event', event: entry.event, where: entry.where, count: { op: 'at_least', value: 1 } }, personId, at, true))?.truth ?? false : false;
  const facts: GateFacts = {
    now: at, ...(state === null ? {} : { campaign: { state, entering: true } }),
    trigger: { met: false, facts: { entry: entry.type, ...(entry.type === 'event' ? { event: entry.event, everDone: did } : {}) } },
    audience: { inside: audience ? told?.truth === true : true }, reentry: reentryThen(version, runs, at, usableZone(person.timeZone, workspace.timeZone)),
    ...(step ? { reach: { addressee: ADDRESSEE[step.channel], code: ADDRESSEE[step.channel] === 'person' ? judgeReach(await reachThen(db, step, person)) : null }, quiet: await quietThen(db, { version, step, person }, at) } : {}),
  };
  return walkGates(facts).map((verdict) => (verdict.gate === 'audience' && told ? { ...verdict, facts: { explained: told } } : verdict));
}

function reentryThen({ published: { reentry } }: CampaignVersion, runs: readonly RunRecord[], at: Date, zone: string): ReentryFacts {
  const [last] = runs;
  const lastEnteredAt = last ? new Date(last.enteredAt) : null;
  return { policy: reentry.policy, runs: runs.length, active: runs.some(({ leftAt }) => leftAt === null || new Date(leftAt) > at), lastEnteredAt, allowedFrom: lastEnteredAt && reentry.policy === 'after_interval' ? addDuration(lastEnteredAt, reentry.interval, zone) : null };
}

async function quietThen(db: Db, { version, step, person }: { version: CampaignVersion; step: MessageStep; person: PastPerson }, at: Date): Promise<GateFacts['quiet']> {
  const pacing = pacingAt(version.published, step.id);
  const transactional = (await row(db, `select from topic as t where t.key = $1 and t.kind = 'transactional'`, [step.topic])) !== null;
  const ask = { id: newId(), personId: person.id, timeZone: person.timeZone, transactional, class: pacing.class, ...(pacing.sendWindow ? { sendWindow: pacing.sendWindow } : {}) };
  return (await quietOf(db, [ask], { channel: step.channel, now: at, workspace: await loadWorkspace(db), spreads: false })).get(ask.id) ?? null;
}
