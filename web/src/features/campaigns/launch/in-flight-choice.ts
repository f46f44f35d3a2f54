import type { Api } from '../../../lib/api.ts';

export type Place = Api<'CampaignPublishPreview'>['places'][number];
export const MOVES = ['keep', 'migrate', 'restart', 'drain'] as const;
export type Move = (typeof MOVES)[number];

/** What is chosen for people on earlier versions, with exceptions for those at single steps. */
export interface InFlight { move: Move; steps: { version: number; step: string; move: Move; to?: string }[] }

export const KEEP: InFlight = { move: 'keep', steps: [] };

const isAt = (place: Place) => ({ version, step }: InFlight['steps'][number]) => version === place.version && step === place.stepId;

/** The exception for a place, if there is one. */
export const chosenAt = ({ steps }: InFlight, place: Place) => steps.find(isAt(place));

/** @param move null: as everybody */
export function withMove({ move: all, steps }: InFlight, place: Place, move: Move | null): InFlight {
  const others = steps.filter((step) => !isAt(place)(step));
  return { move: all, steps: move === null ? others : [...others, { version: place.version, step: place.stepId, move }] };
}

/** @param to null: by the rule */
export function withTo(chosen: InFlight, place: Place, to: string | null): InFlight {
  const { move: all, steps } = chosen;
  const others = steps.filter((step) => !isAt(place)(step));
  const own = chosenAt(chosen, place);
  if (to === null && all === 'migrate') return { move: all, steps: others };
  return { move: all, steps: [...others, { version: place.version, step: place.stepId, move: own?.move ?? 'migrate', ...(to === null ? {} : { to }) }] };
}
