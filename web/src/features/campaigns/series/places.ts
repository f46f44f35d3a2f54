import type { Series } from './model.js';

/** What the inspector can show: one of the cards, or a step by its id (no id begins with "$"). */
export const CARDS = ['$entry', '$goals', '$exits', '$pace'] as const;
export type Card = (typeof CARDS)[number];
export const isCard = (at: string): at is Card => CARDS.some((card) => card === at);

/** Where a finding is: what to open, and the field in it. Null: nowhere in particular. */
export interface Place { at: string; field: string }

/** Reads the path of a finding (`steps.2.variants.0.content.subject`) as a place of the editor. */
export function placeOf(series: Series, path: string): Place | null {
  const [first = '', ...rest] = path.split('.');
  if (first === 'entry' || first === 'audience' || first === 'reentry') return { at: '$entry', field: path };
  if (first === 'goals') return { at: '$goals', field: rest.join('.') };
  if (first === 'exitRules') return { at: '$exits', field: rest.join('.') };
  if (first === 'pacing') return { at: '$pace', field: rest.join('.') };
  const step = first === 'steps' ? series.steps?.[Number(rest[0])] : undefined;
  return step ? { at: step.id, field: rest.slice(1).join('.') } : null;
}

/** The name of the last field of a path that has words: of `variants.0.content.subject` that is `subject`. */
export const fieldOf = (path: string): string => path.split('.').findLast((part) => !/^\d+$/.test(part)) ?? '';
