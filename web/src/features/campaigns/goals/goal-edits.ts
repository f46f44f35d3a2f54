import type { Goal } from '../series/model.js';

export const MOST_GOALS = 10;

/** A goal with an event still to be named. The first decides. */
export function newGoal(goals: readonly Goal[]): Goal {
  const taken = new Set(goals.map(({ key }) => key));
  const number = Array.from({ length: MOST_GOALS + 1 }, (_, index) => index + 1).find((one) => !taken.has(`goal-${one}`))!;
  return { key: `goal-${number}`, name: '', primary: goals.every(({ primary }) => !primary), exits: false, window: { days: 7 }, event: { name: '', where: [] } };
}

/** The goals with one of them changed; of several only one decides. */
export const changeGoal = (goals: readonly Goal[], index: number, next: Goal): Goal[] =>
  (next.primary && !goals[index]?.primary ? goals.map((other, place) => (place === index ? next : { ...other, primary: false })) : goals.with(index, next));

/** The goal that decides a test: the one it names, else the primary one, else the first. */
export const decidingGoal = (goals: readonly Goal[], key: string | undefined): Goal | undefined => (key === undefined ? goals.find(({ primary }) => primary) ?? goals[0] : goals.find((goal) => goal.key === key));
