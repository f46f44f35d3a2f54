import type { Db } from '../../platform/database/db.js';
import { row } from '../../platform/database/db.js';
import { dateEntriesIn } from '../domain/next-due.js';
import { spoken, type Sentence } from '../domain/sentences.js';
import { lookBackTo, lookingBack, type LookingBack } from '../domain/takes.js';
import { entryRule } from '../engine/endings.js';
import { datesOf } from '../store/date-entry.store.js';
import { lastOfRule } from '../store/events.store.js';
import type { CampaignVersion } from '../store/versions.store.js';

const LONG_AGO = new Date('0001-01-02T00:00:00Z');

/** What looking back says of one person: the last moment of theirs, and the window it would have to lie in. */
export interface LookedBack {
  from: string;
  to: string;
  /** The last moment up to the end of the window; null: there was none. */
  lastAt: string | null;
  isIn: boolean;
}

/**
 * Whether the launch of a version, to come or over, takes a person by a moment that was; null when it looks back at nothing.
 *
 * @param launchAt when it takes people; null: it is over
 */
export async function lookedBackAt(db: Db, { version, personId, zone }: { version: CampaignVersion; personId: string; zone: string }, launchAt: Date | null, now: Date): Promise<LookedBack | null> {
  const entry = lookingBack(version.published.entry);
  if (!entry) return null;
  const to = launchAt === null ? await launchedAt(db, version.campaignId, entry) : launchAt > now ? launchAt : now;
  if (!to) return null;
  const window = lookBackTo(entry, to);
  const last = await lastMoment(db, entry, personId, { to, zone });
  return { from: window.from.toISOString(), to: to.toISOString(), lastAt: last?.toISOString() ?? null, isIn: last !== null && last > window.from };
}

/** To where the last launch looked: events up to its start, dates up to the publishing. */
async function launchedAt(db: Db, campaignId: string, { type }: LookingBack): Promise<Date | null> {
  const found = await row<{ at: Date }>(db, `select case when $2 = 'date' then l.due_at else coalesce(l.started_at, l.due_at) end as at from launch as l where l.campaign_id = $1 and l.state <> 'cancelled' order by l.id desc limit 1`, [campaignId, type]);
  return found?.at ?? null;
}

async function lastMoment(db: Db, entry: LookingBack, personId: string, { to, zone }: { to: Date; zone: string }): Promise<Date | null> {
  if (entry.type === 'date') {
    const date = (await datesOf(db, entry.attribute, [personId])).get(personId);
    return (date && dateEntriesIn(date, entry, zone, { from: new Date(to.getTime() - 100 * 366 * 86_400_000), to }).at(-1)) ?? null;
  }
  return (await lastOfRule(db, { rule: entryRule(entry), from: LONG_AGO, to, zone }, [personId])).at(-1)?.occurredAt ?? null;
}

/** That somebody's moment was before the look-back, or that a message was passed by because its time was over at the launch; null of anything else. @param zone IANA zone in which instants are said */
export function lookBackSentence(facts: Record<string, unknown>, zone: string): Sentence | null {
  if (facts.lookedBack === true && typeof facts.wasDueAt === 'string' && typeof facts.launchedAt === 'string') {
    const [due, launched] = [spoken(facts.wasDueAt, zone), spoken(facts.launchedAt, zone)];
    return { en: `The launch on ${launched.en} looked back for the person: this message was due on ${due.en}, before the launch, and was passed by.`, ko: `${launched.ko}에 시작할 때 지난 시점을 기준으로 진입했습니다. 이 메시지는 시작 전인 ${due.ko}에 보낼 차례였으므로 건너뛰었습니다.` };
  }
  const looked = facts.lookBack as LookedBack | undefined;
  if (!looked || looked.isIn || looked.lastAt === null) return null;
  const [last, from] = [spoken(looked.lastAt, zone), spoken(looked.from, zone)];
  return { en: `The person’s last moment was on ${last.en}, before the look-back of the launch, which began on ${from.en}.`, ko: `마지막 해당 시점(${last.ko})이 시작할 때 살펴본 기간(${from.ko}부터)보다 앞섭니다.` };
}
