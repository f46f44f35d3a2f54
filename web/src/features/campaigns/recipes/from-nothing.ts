import type { Recipe } from './recipe.js';

/** One message to many at one moment; whom it goes to is the author's first word. */
export const oneOff: Recipe = {
  key: 'oneOff',
  shape: ['entry', 'email', 'goal'],
  needs: { attributes: [], events: [] },
  starters: ['newsletter'],
  definition: ({ say, starter }) => ({ type: 'broadcast', message: { type: 'message', channel: 'email', name: say('emailName'), variants: [{ key: 'A', content: starter('newsletter') }] } }),
};

/** A series without anything in it. */
export const blank: Recipe = {
  key: 'blank',
  shape: ['entry'],
  needs: { attributes: [], events: [] },
  starters: [],
  definition: () => ({ type: 'series', entry: null, goals: [], start: '', steps: [] }),
};
