import type { InAppFormat } from '../../contract/in-app.js';
import { SLOTS_OF } from '../../contract/in-app.js';
import type { DisplayMessage, WireNode, WireSurvey } from '../../contract/visitor-wire.js';
import type { RenderedInApp, RenderedSurvey } from './compiled.js';

/** Whose display it is, as far as there are, and the place a campaign chose. */
export interface DisplayIds { campaignId?: string; deliveryId?: string; slot?: DisplayMessage['slot'] }

/**
 * A rendered message as it goes to the browser, with nothing that concerns only the server. Pure and total: contents stored by
 * earlier versions are plain text and become paragraphs.
 */
export function displayMessage(rendered: RenderedInApp, { campaignId, deliveryId, slot }: DisplayIds = {}): DisplayMessage {
  const { format, language, title, body, buttons, image, survey, theme, reply } = rendered;
  return {
    ...(campaignId === undefined ? {} : { i: campaignId }),
    ...(deliveryId === undefined ? {} : { d: deliveryId }),
    f: format,
    ...(language === null ? {} : { l: language }),
    ...(title === '' ? {} : { title }),
    n: rendered.nodes ?? paragraphs(body),
    ...(image ? { img: [image.url, image.alt] as const } : {}),
    ...(buttons.length === 0 ? {} : { b: buttons.map(({ label, url }) => [label, url] as const) }),
    ...(survey ? { survey: wireSurvey(survey) } : {}),
    ...(theme ? { theme: wireTheme(theme) } : {}),
    slot: placeOf(format, slot ?? rendered.slot),
    ...(reply ? { reply: 1 as const } : {}),
  };
}

/** A place the format can be in; its own where the other does not fit. */
function placeOf(format: InAppFormat, wanted: DisplayMessage['slot']): DisplayMessage['slot'] {
  const places = SLOTS_OF[format];
  return wanted !== undefined && places.includes(wanted) ? wanted : places[0];
}

function wireTheme({ dark, ...colours }: NonNullable<RenderedInApp['theme']>): NonNullable<DisplayMessage['theme']> {
  return dark ? { ...colours, dark: 1 } : colours;
}

function wireSurvey({ kind, many, question, ends, choices, comment, submit, thanks }: RenderedSurvey): WireSurvey {
  return {
    k: kind, question, submit, thanks,
    ...(ends ? { ends } : {}),
    ...(choices ? { choices: choices.map(({ key, label }) => [key, label] as const) } : {}),
    ...(many ? { many: 1 as const } : {}),
    ...(comment === undefined ? {} : { comment }),
  };
}

/** Plain text: blank lines part paragraphs, other line ends stay. */
export function paragraphs(text: string): WireNode[] {
  return text.split(/\n[ \t]*\n/).map((part) => part.trim()).filter((part) => part !== '').map((part) =>
    ['p', 0, ...part.split('\n').flatMap((line, index): WireNode[] => (index === 0 ? [line] : [['br', 0], line]))] as const);
}
