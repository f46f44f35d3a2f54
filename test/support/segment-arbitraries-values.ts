import fc from './fast-check.js';

export const BASE = new Date('2026-03-10T09:00:00Z');
/** Moments near each other, so that boundaries fall on one another often. */
export const seconds = (value: number): Date => new Date(BASE.getTime() + value * 1000);

export const near = fc.integer({ min: -90, max: 60 });
/** Mostly as short as the steps of a world; a day is 24 hours, also where the clocks change. */
export const span = fc.constantFrom({ seconds: 1 }, { seconds: 7 }, { seconds: 30 }, { minutes: 1 }, { seconds: 7 }, { seconds: 30 }, { minutes: 1 }, { days: 1 });
export const iso = near.map((offset) => seconds(offset).toISOString());
