import type { DISPLAY_SLOTS } from './display.js';

/** How an in-app message is displayed. */
export const IN_APP_FORMATS = ['chat', 'banner', 'modal', 'slide_in', 'survey'] as const;
export type InAppFormat = (typeof IN_APP_FORMATS)[number];
/** What a survey asks for: 0 to 10, 1 to 5, one or several of a list, words. */
export const SURVEY_KINDS = ['nps', 'csat', 'choice', 'text'] as const;
export type SurveyKind = (typeof SURVEY_KINDS)[number];

export type DisplayPlace = (typeof DISPLAY_SLOTS)[number];

/** Where each format may be displayed; the first place is its own. */
export const SLOTS_OF: Record<InAppFormat, readonly DisplayPlace[]> = {
  chat: ['corner'], banner: ['top', 'bottom'], modal: ['center'], slide_in: ['corner'], survey: ['corner', 'bottom', 'center'],
};

/** Where a message is displayed: the first of these places that its format can be in, else the format's own. */
export function displayPlace(format: InAppFormat, ...wanted: (DisplayPlace | undefined)[]): DisplayPlace {
  const places = SLOTS_OF[format];
  return wanted.find((place) => place !== undefined && places.includes(place)) ?? places[0]!;
}
