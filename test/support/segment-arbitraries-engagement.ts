import type { EngagementCondition } from '../../src/contract/segment-conditions.js';
import { newId } from '../../src/kernel/ids.js';
import { announceEngagement } from '../../src/people/store/change.store.js';
import { inTransaction } from '../../src/platform/database/db.js';
import { count, window } from './segment-arbitraries-event.js';
import { near, span } from './segment-arbitraries-values.js';
import { CAMPAIGN_IDS, EXPERIMENTS } from './segment-campaigns.js';
import type { Happening } from './segment-leaves.js';
import { storeEngagement, type WorldAssignment, type WorldDelivery, type WorldEngagement, type WorldReaction } from './segment-world-engagement.js';
import fc from './fast-check.js';

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const type = fc.constant('engagement' as const);
const step = fc.constantFrom('hello', 'again');
const variant = fc.constantFrom('a', 'b');
const campaign = fc.constantFrom(...CAMPAIGN_IDS);

const ofAny = fc.record({ type, kind: fc.constantFrom('received', 'opened', 'clicked'), count: maybe(count) }) as fc.Arbitrary<EngagementCondition>;
const ofOne = fc.record({ type, kind: fc.constantFrom('received', 'opened', 'clicked'), campaignId: campaign, stepId: maybe(step), variant: maybe(variant), channel: maybe(fc.constant('email')), count: maybe(count) }) as fc.Arbitrary<EngagementCondition>;
const displayed = fc.record({ type, kind: fc.constant('received'), channel: fc.constant('in_app'), campaignId: maybe(campaign) }) as fc.Arbitrary<EngagementCondition>;
const converted = fc.record({ type, kind: fc.constant('converted'), campaignId: campaign, goal: maybe(fc.constantFrom('login', 'buy')), stepId: maybe(step), variant: maybe(variant) })
  .filter(({ campaignId, goal }) => goal !== 'buy' || campaignId === CAMPAIGN_IDS[0]) as fc.Arbitrary<EngagementCondition>;
const apart = fc.record({ type, kind: fc.constantFrom('in_control', 'in_holdout'), campaignId: maybe(campaign) }) as fc.Arbitrary<EngagementCondition>;
export const engagementLeaf: fc.Arbitrary<EngagementCondition> = fc.tuple(fc.oneof(ofAny, ofOne, displayed, converted, converted, apart), window).map(([leaf, time]) => ({ ...leaf, ...time }));
export const engagementClock: fc.Arbitrary<EngagementCondition> = fc.tuple(engagementLeaf, span).map(([{ between: _span, ...leaf }, within]) => ({ ...leaf, within }));

const reaction = fc.record({ kind: fc.constantFrom('open' as const, 'click' as const, 'impression' as const), verdict: fc.constantFrom('human' as const, 'human' as const, 'machine' as const, 'unknown' as const), offset: near });
const delivery = fc.record({
  campaignId: campaign, stepId: step, variant, channel: fc.constantFrom('email' as const, 'email' as const, 'in_app' as const), isControl: fc.constantFrom(false, false, false, true), isNotice: fc.constantFrom(false, false, false, true),
  state: fc.constantFrom('sent', 'sent', 'delivered', 'bounced', 'queued', 'recalled', 'ghost'), offset: near, reactions: fc.array(reaction, { maxLength: 3 }),
});
const assignment = fc.record({ place: fc.constantFrom(...EXPERIMENTS), variant, isControl: fc.boolean(), offset: near, visits: fc.subarray([0, 1]) });
const holdout = fc.record({ campaignId: campaign, offset: near });

/** Notices are deliveries under an id that no campaign has. */
const NO_CAMPAIGN = '00000000-0000-7000-8000-00000000000f';

/** What happens between a campaign and one person in one step. */
const engagementChange = fc.oneof(
  fc.record({ what: fc.constant('delivery' as const), delivery }),
  fc.record({ what: fc.constant('state' as const), state: fc.constantFrom('sent', 'delivered', 'bounced') }),
  fc.record({ what: fc.constant('reaction' as const), reaction }),
  fc.record({ what: fc.constant('relabel' as const) }),
  fc.record({ what: fc.constant('assignment' as const), assignment }),
  fc.record({ what: fc.constant('holdout' as const), holdout }),
);
type Given<T> = T extends fc.Arbitrary<infer U> ? U : never;

/** Offsets count from `base`, in half seconds, so that some lie ahead. */
const moment = (offset: number, base: Date): Date => new Date(base.getTime() + offset * 500);
const reactionOf = ({ kind, verdict, offset }: Given<typeof reaction>, base: Date): WorldReaction => ({ kind, verdict, at: moment(offset, base) });
const deliveryOf = ({ offset, reactions, ...rest }: Given<typeof delivery>, base: Date): WorldDelivery => {
  const at = moment(offset, base);
  return { ...rest, ...(rest.isNotice ? { campaignId: NO_CAMPAIGN } : {}), id: newId(), sentAt: at, settledAt: new Date(at.getTime() + 3_000), reactions: reactions.map((one) => reactionOf(one, base)) };
};
const assignmentOf = ({ place, variant: arm, isControl, offset, visits }: Given<typeof assignment>, base: Date): WorldAssignment => ({
  experimentId: place.experimentId, campaignId: place.campaign.id, stepId: place.stepId, variant: arm, isControl, at: moment(offset, base), runId: newId(),
  visits: place.campaign.external ? [] : visits.map((index) => place.campaign.versions[index]!).filter(({ experiments }) => experiments[place.stepId] === place.experimentId).map(({ id }) => id),
});

/** Makes the change; answers the campaign it is about, if anything changed. */
function changeEngagement(known: WorldEngagement, change: Given<typeof engagementChange>, now: Date): string | null {
  const last = known.deliveries.at(-1);
  if (change.what === 'delivery') known.deliveries.push(deliveryOf(change.delivery, now));
  else if (change.what === 'holdout') known.holdouts.push({ id: newId(), campaignId: change.holdout.campaignId, at: now });
  else if (change.what === 'assignment') {
    if (known.assignments.some(({ experimentId }) => experimentId === change.assignment.place.experimentId)) return null;
    known.assignments.push(assignmentOf(change.assignment, now));
    return known.assignments.at(-1)!.campaignId;
  } else {
    if (!last) return null;
    if (change.what === 'state') Object.assign(last, { state: change.state, settledAt: now });
    else if (change.what === 'reaction') last.reactions.push(reactionOf(change.reaction, now));
    else for (const one of last.reactions) one.verdict = 'machine';
  }
  return change.what === 'holdout' ? change.holdout.campaignId : known.deliveries.at(-1)!.campaignId;
}

/** Rows straight into the ledgers, announced as the code that writes them does. After a merge they stay where they are: moving them is the campaigns' work. */
export const engaging: Happening<Given<typeof engagementChange>> = {
  arbitrary: engagementChange,
  async write(db, person, fact, now) {
    const campaignId = changeEngagement(person.engagement, fact, now);
    if (campaignId === null) return;
    await inTransaction(db, async (tx) => {
      await storeEngagement(tx, [person]);
      await announceEngagement(tx, [{ personId: person.id, campaignId }], now);
    });
  },
};
