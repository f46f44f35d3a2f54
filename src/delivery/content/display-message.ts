import { displayPlace } from '../../contract/in-app.js';
import type { DisplayMessage, WireNode, WireSurvey } from '../../contract/visitor-wire.js';
import type { RenderedInApp, RenderedSurvey } from './compiled.js';
import { isRightToLeft, wordsFor } from './display-words.js';
import { readableOn } from './domain/contrast.js';

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
    ...(isRightToLeft(language) ? { r: 1 as const } : {}),
    w: wordsFor(rendered),
    ...(title === '' ? {} : { title }),
    n: rendered.nodes ?? paragraphs(body),
    ...(image ? { img: [image.url, image.alt] as const } : {}),
    ...(buttons.length === 0 ? {} : { b: buttons.map(({ label, url }) => [label, url] as const) }),
    ...(survey ? { survey: wireSurvey(survey) } : {}),
    ...(theme ? { theme: wireTheme(theme) } : {}),
    slot: displayPlace(format, slot ?? rendered.slot),
    ...(reply ? { reply: 1 as const } : {}),
  };
}

function wireTheme({ dark, ...colours }: NonNullable<RenderedInApp['theme']>): NonNullable<DisplayMessage['theme']> {
  return { ...colours, ...(colours.accent === undefined ? {} : { on: readableOn(colours.accent) }), ...(dark ? { dark: 1 as const } : {}) };
}

function wireSurvey({ kind, many, question, ends, choices, comment, submit, thanks }: RenderedSurvey): WireSurvey {
  return {
    k: kind, question, submit, thanks,
    ...(ends ? { ends } : {}),
    ...(kind === 'text' ? {} : { choices: choices?.map(({ key, label }) => [key, label] as const) ?? scoresOf(kind, ends) }),
    ...(many ? { many: 1 as const } : {}),
    ...(comment === undefined ? {} : { comment }),
  };
}

/** The numbers to choose from. The words at both ends belong to the names of the outermost ones. */
export function scoresOf(kind: WireSurvey['k'], ends?: readonly [string, string]): NonNullable<WireSurvey['choices']> {
  const [from, to] = kind === 'nps' ? [0, 10] : [1, 5];
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const score = String(from + index);
    const end = index === 0 ? ends?.[0] : from + index === to ? ends?.[1] : undefined;
    return end ? [score, score, `${score}, ${end}`] as const : [score, score] as const;
  });
}

/** Plain text: blank lines part paragraphs, other line ends stay. */
export function paragraphs(text: string): WireNode[] {
  return text.split(/\n[ \t]*\n/).map((part) => part.trim()).filter((part) => part !== '').map((part) =>
    ['p', 0, ...part.split('\n').flatMap((line, index): WireNode[] => (index === 0 ? [line] : [['br', 0], line]))] as const);
}
