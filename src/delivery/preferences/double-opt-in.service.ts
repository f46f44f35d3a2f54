import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { keyOf, newId } from '../../kernel/ids.js';
import { NOTICES } from '../../people/domain/reserved-keys.js';
import { inTransaction, row, type Db } from '../../platform/database/db.js';
import { compileMessage } from '../content/compile.js';
import { publishContent } from '../content/store/content.store.js';
import { enqueueDeliveries } from '../sending/store/deliveries.store.js';
import { networkOf } from '../../kernel/network.js';
import { LinkKeys } from '../tracking/link-keys.service.js';
import { CONFIRM_REQUEST } from './domain/confirm-request.js';
import type { ConsentGiven, NewConsent } from './domain/consent.js';
import { addProof } from './store/consent-proof.store.js';
import { addressOf, keepNoticeRun, keepRequests, listRequests, makeNoticeTopic, openRequests, takeRequests, wasConfirmed, type OpenRequest } from './store/consent-requests.store.js';
import { listConsents, lockPerson, putConsents, type Recipient, type Topic } from './store/preferences.store.js';

/** How long the link of a mail can be used. */
export const CONFIRM_DAYS = 7;
const DAY_MS = 86_400_000;
/** Whoever fills in a form again and again brings nobody more than one mail in so long. */
const AGAIN_MS = DAY_MS;

const STEP = 'double_opt_in';
/** These mails belong to no campaign. The version changes with the text. */
const PLACE = { campaignId: keyOf('danbi:notices'), versionId: keyOf(`danbi:${JSON.stringify(CONFIRM_REQUEST)}`), stepId: STEP, variant: 'notice', channel: 'email' as const };

/** What became of a link: it asks, it was used, or it is over (withdrawn, run out, replaced). */
export type LinkState = { is: 'open'; topics: string[] } | { is: 'done' } | { is: 'over' };

/** Subscriptions to topics with `doubleOptIn` count when the person has confirmed them by the link of a mail, and not before. */
@Injectable()
export class DoubleOptIn {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly links: LinkKeys) {}

  /**
   * Sets aside what has to be confirmed and queues the mail that asks; answers the rest, which counts at once. Choices that count
   * already stay as they are. The person is locked.
   *
   * @throws consent.no-address when there is nobody to ask
   */
  async setAside(tx: Db, personId: string, consents: readonly NewConsent[], topics: readonly Topic[], given: ConsentGiven): Promise<NewConsent[]> {
    const doubled = new Map(topics.filter(({ doubleOptIn }) => doubleOptIn).map((topic) => [topic.key, topic]));
    const said = new Set((await listConsents(tx, personId)).filter(({ state }) => state === 'subscribed').map(keyOfChoice));
    const isAsked = (consent: NewConsent) => given.method !== 'import' && consent.state === 'subscribed' && doubled.has(consent.topic) && !said.has(keyOfChoice(consent));
    const asked = consents.filter(isAsked);
    if (asked.length > 0) await this.ask(tx, personId, asked, doubled, given);
    return consents.filter((consent) => !isAsked(consent));
  }

  private async ask(tx: Db, personId: string, asked: readonly NewConsent[], topics: ReadonlyMap<string, Topic>, given: ConsentGiven): Promise<void> {
    const { now } = given;
    if (!(await addressOf(tx, personId))?.email) throw new AppError('consent.no-address', `Subscriptions to "${asked[0]!.topic}" are confirmed by e-mail, and this person has no address.`, 'invalid', [{ path: 'consents', code: 'consent.no-address', message: 'the person has no e-mail address to confirm it at' }]);
    const waiting = new Set((await listRequests(tx, personId, now)).filter(({ askedAt }) => now.getTime() - askedAt.getTime() < AGAIN_MS).map(keyOfChoice));
    const consents = asked.filter((consent) => !waiting.has(keyOfChoice(consent)));
    if (consents.length === 0) return;
    const [deliveryId, runId] = [newId(), newId()];
    const named = [...new Set(consents.map(({ topic }) => topic))].map((key) => topics.get(key)!).map(({ name, nameKo }) => ({ en: name, ko: nameKo || name }));
    await keepRequests(tx, { personId, deliveryId, consents, expiresAt: new Date(now.getTime() + CONFIRM_DAYS * DAY_MS) }, given);
    await addProof(tx, consents.map(({ channel, topic }) => ({ channel, topic, personId, state: 'requested' as const, at: given.saidAt ?? now, source: given.source, changed: true })), { ...given, deliveryId });
    await makeNoticeTopic(tx, now);
    await keepNoticeRun(tx, { id: runId, personId, campaignId: PLACE.campaignId, versionId: PLACE.versionId, properties: { topics: named, days: CONFIRM_DAYS, confirmUrl: await this.links.confirmUrl(deliveryId, personId) } }, now);
    await enqueueDeliveries(tx, [{ ...PLACE, id: deliveryId, personId, enrollmentId: runId, contentId: await contentId(tx, now), experimentId: null, isControl: false, topic: NOTICES, dueAt: now }], now);
  }

  /** Where a link stands. Changes nothing: scanners open every link. */
  async look(deliveryId: string): Promise<LinkState> {
    const open = await openRequests(this.db, deliveryId, this.clock.now());
    if (open.length > 0) return { is: 'open', topics: [...new Set(open.map(({ topic }) => topic))] };
    return (await wasConfirmed(this.db, deliveryId)) ? { is: 'done' } : { is: 'over' };
  }

  /** The person confirms what the mail asked. Again changes nothing. */
  async confirm({ deliveryId, personId }: Recipient, signs: { ip?: string; userAgent?: string }): Promise<LinkState> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      if (!(await lockPerson(tx, personId))) return;
      const taken = await takeRequests(tx, deliveryId, now);
      if (taken.length > 0) await putConsents(tx, personId, taken.map(({ channel, topic, state }) => ({ channel, topic, state })), givenBy(taken[0]!, { deliveryId, now, ...signs }));
    });
    return this.look(deliveryId);
  }
}

const keyOfChoice = ({ channel, topic }: { channel: string; topic: string }) => `${channel} ${topic}`;

/** All that one mail asks was reported at once, in the same words. */
function givenBy({ source, wording, policyVersion }: OpenRequest, { deliveryId, now, ip, userAgent }: { deliveryId: string; now: Date; ip?: string; userAgent?: string }): ConsentGiven {
  return {
    now, source, method: 'double_opt_in', actor: 'person', deliveryId, network: ip === undefined ? undefined : networkOf(ip), userAgent: userAgent?.slice(0, 500),
    ...(wording === null ? {} : { wording }), ...(policyVersion === null ? {} : { policyVersion }),
  };
}

async function contentId(tx: Db, now: Date): Promise<string> {
  const known = await row<{ id: string }>(tx, 'select m.id from message_content as m where m.version_id = $1 and m.step_id = $2', [PLACE.versionId, STEP]);
  return known?.id ?? publishContent(tx, { ...PLACE, source: CONFIRM_REQUEST, compiled: await compileMessage('email', CONFIRM_REQUEST), now });
}
