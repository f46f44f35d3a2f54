import { email, entersBy, goalEvent, inApp, type Recipe } from './recipe.js';

/** Something new, told in the product to who is there, and by e-mail to who has not tried it. */
export const featureLaunch: Recipe = {
  key: 'feature',
  shape: ['entry', 'in_app', 'wait', 'email', 'goal'],
  needs: { attributes: [], events: ['Feature Used'] },
  starters: ['feature-announcement'],
  segment: { type: 'all', of: [{ type: 'attribute', key: '$last_seen_at', op: 'within_last', value: { days: 30 } }, { type: 'not', of: { type: 'event', event: 'Feature Used', count: { op: 'at_least', value: 1 } } }] },
  definition: (kit) => ({
    type: 'series',
    entry: entersBy(kit.segmentId),
    goals: [goalEvent(kit.say('goal'), 'Feature Used')],
    start: 'told',
    steps: [
      inApp(kit, 'told', 'days'),
      { id: 'days', type: 'wait', for: { days: 3 }, until: { time: '10:00' }, next: 'mail' },
      email('mail', kit.say('emailName'), [kit.starter('feature-announcement')], null),
    ],
  }),
};
