import { email, goalEvent, inApp, type Recipe } from './recipe.js';

/**
 * A starter whose values come with the event that began the run rather than with the person, as Shopify and Stripe send them (docs/sources.md).
 *
 * @param fields `{ 'person.trackingUrl': 'event.tracking_url' }`
 */
export function ofEvent(content: object, fields: Record<string, string>): object {
  const text = Object.entries(fields).reduce((said, [from, to]) => said.replaceAll(from, to), JSON.stringify(content));
  return JSON.parse(text) as object;
}

/** Each order on its own: whoever orders twice is told twice. */
const EACH = { policy: 'after_exit' };

/** The parcel is on its way, with where to follow it. */
export const orderShipped: Recipe = {
  key: 'shipped',
  shape: ['entry', 'email', 'goal'],
  needs: { attributes: [], events: ['Order Shipped'] },
  starters: ['order-shipped'],
  definition: ({ say, starter }) => ({
    type: 'series',
    entry: { type: 'event', event: 'Order Shipped' },
    reentry: EACH,
    goals: [{ ...goalEvent(say('goal'), 'Order Completed'), exits: false }],
    start: 'shipped',
    steps: [email('shipped', say('emailName'), [ofEvent(starter('order-shipped'), { 'person.trackingUrl': 'event.tracking_url', 'person.orderNumber': 'event.order_number' })], null)],
  }),
};

/** A week after the parcel left: how is it? */
export const reviewRequest: Recipe = {
  key: 'review',
  shape: ['entry', 'wait', 'email', 'goal'],
  needs: { attributes: [], events: ['Order Shipped', 'Review Written'] },
  starters: ['review-request'],
  definition: ({ say, starter }) => ({
    type: 'series',
    entry: { type: 'event', event: 'Order Shipped' },
    reentry: EACH,
    goals: [goalEvent(say('goal'), 'Review Written')],
    start: 'week',
    steps: [
      { id: 'week', type: 'wait', for: { days: 7 }, until: { time: '10:00' }, next: 'ask' },
      email('ask', say('emailName'), [ofEvent(starter('review-request'), { 'person.reviewUrl': 'event.status_url', 'person.productName': 'event.product' })], null),
    ],
  }),
};

/** Stripe says three days before a trial ends that it will. */
export const trialEnding: Recipe = {
  key: 'trialEnding',
  shape: ['entry', 'email', 'wait', 'in_app', 'goal'],
  needs: { attributes: [], events: ['Trial Ending', 'Invoice Paid'] },
  starters: ['last-call'],
  definition: (kit) => ({
    type: 'series',
    entry: { type: 'event', event: 'Trial Ending' },
    reentry: EACH,
    goals: [goalEvent(kit.say('goal'), 'Invoice Paid')],
    start: 'mail',
    steps: [
      email('mail', kit.say('emailName'), [ofEvent(kit.starter('last-call'), { 'person.trialEndsAt': 'event.trial_end' })], 'days'),
      { id: 'days', type: 'wait', for: { days: 2 }, until: { time: '10:00' }, next: 'word' },
      inApp(kit, 'word', null),
    ],
  }),
};
