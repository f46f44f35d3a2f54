import { email, entersBy, type Recipe } from './recipe.js';

/** Who has not been here for a month: what is new, and once more for those who did not come. */
export const winBack: Recipe = {
  key: 'winBack',
  shape: ['entry', 'email', 'wait', 'email', 'goal'],
  needs: { attributes: [], events: [] },
  starters: ['win-back', 'inactivity-reminder'],
  segment: { type: 'all', of: [{ type: 'attribute', key: '$email', op: 'exists' }, { type: 'attribute', key: '$last_seen_at', op: 'older_than', value: { days: 30 } }] },
  definition: ({ say, starter, segmentId }) => ({
    type: 'series',
    entry: entersBy(segmentId),
    reentry: { policy: 'after_interval', interval: { days: 90 } },
    goals: [{ key: 'goal', name: say('goal'), primary: true, exits: true, window: { days: 14 }, condition: { type: 'attribute', key: '$last_seen_at', op: 'within_last', value: { days: 7 } } }],
    start: 'news',
    steps: [
      email('news', say('emailName'), [starter('win-back')], 'days'),
      { id: 'days', type: 'wait', for: { days: 7 }, until: { time: '10:00' }, next: 'again' },
      email('again', say('nudgeName'), [starter('inactivity-reminder')], null),
    ],
  }),
};
