import { email, goalEvent, inApp, type Recipe } from './recipe.js';

/** Whoever signs up and gets going is shown the next step; whoever does not is reminded. */
export const onboarding: Recipe = {
  key: 'onboarding',
  shape: ['entry', 'wait_until', 'in_app', 'email', 'wait', 'email', 'goal'],
  needs: { attributes: [], events: ['Signed Up', 'Project Created', 'Member Invited'] },
  starters: ['activation-nudge', 'activation-invite'],
  definition: (kit) => ({
    type: 'series',
    entry: { type: 'event', event: 'Signed Up' },
    goals: [goalEvent(kit.say('goal'), 'Member Invited')],
    start: 'begun',
    steps: [
      { id: 'begun', type: 'wait_until', condition: { type: 'event', event: 'Project Created', count: { op: 'at_least', value: 1 } }, timeout: { days: 2 }, next: 'well', onTimeout: 'nudge' },
      inApp(kit, 'well', 'days'),
      email('nudge', kit.say('nudgeName'), [kit.starter('activation-nudge')], 'days'),
      { id: 'days', type: 'wait', for: { days: 3 }, until: { time: '10:00' }, next: 'invite' },
      email('invite', kit.say('emailName'), [kit.starter('activation-invite')], null),
    ],
  }),
};
