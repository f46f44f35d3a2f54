import { email, entersBy, goalEvent, inApp, type Recipe } from './recipe.js';

/** People on trial who have not upgraded: a test of two e-mails, then a word in the product. */
export const trialRescue: Recipe = {
  key: 'trial',
  shape: ['entry', 'wait', 'email', 'wait', 'in_app', 'goal'],
  needs: { attributes: ['plan'], events: ['Plan Upgraded'] },
  starters: ['last-call', 'activation-nudge'],
  segment: { type: 'all', of: [{ type: 'attribute', key: 'plan', op: 'is', value: 'trial' }, { type: 'not', of: { type: 'event', event: 'Plan Upgraded', count: { op: 'at_least', value: 1 } } }] },
  definition: (kit) => ({
    type: 'series',
    entry: entersBy(kit.segmentId),
    goals: [goalEvent(kit.say('goal'), 'Plan Upgraded')],
    start: 'pause',
    steps: [
      { id: 'pause', type: 'wait', for: { days: 1 }, until: { time: '10:00' }, next: 'rescue' },
      email('rescue', kit.say('emailName'), [kit.starter('last-call'), kit.starter('activation-nudge')], 'later'),
      { id: 'later', type: 'wait', for: { days: 2 }, next: 'offer' },
      inApp(kit, 'offer', null),
    ],
  }),
};
