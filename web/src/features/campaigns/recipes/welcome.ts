import { email, goalEvent, starterInApp, type Recipe } from './recipe.js';

/** Whoever signs up: a first mail, a word in the product the next day, a nudge. */
export const welcome: Recipe = {
  key: 'welcome',
  shape: ['entry', 'email', 'wait', 'in_app', 'wait', 'email', 'goal'],
  needs: { attributes: [], events: ['Signed Up', 'Project Created'] },
  starters: ['welcome', 'in-app-welcome', 'activation-nudge'],
  definition: ({ say, starter }) => ({
    type: 'series',
    entry: { type: 'event', event: 'Signed Up' },
    goals: [goalEvent(say('goal'), 'Project Created')],
    start: 'welcome',
    steps: [
      email('welcome', say('emailName'), [starter('welcome')], 'day'),
      { id: 'day', type: 'wait', for: { days: 1 }, next: 'hello' },
      starterInApp('hello', say('inAppName'), starter('in-app-welcome'), 'days'),
      { id: 'days', type: 'wait', for: { days: 3 }, until: { time: '10:00' }, next: 'nudge' },
      email('nudge', say('nudgeName'), [starter('activation-nudge')], null),
    ],
  }),
};
