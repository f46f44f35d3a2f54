/** A notice to the team's chat as its draft has it: {@link ChatContent} of `src/contract/message.ts`, of which anything may be missing. */
export interface Chat {
  endpointId?: string; title?: string; text?: string; color?: string; memberEmail?: string;
  details?: { title?: string; description?: string; imageUrl?: string }[];
  links?: { label?: string; url?: string }[];
}
/** JSON to a system of one's own, as its draft has it. */
export interface Webhook { endpointId?: string; event?: string; data?: Record<string, unknown> }

export const MOST_DETAILS = 10;
export const MOST_LINKS = 5;
/** An endpoint that is not chosen yet: a preview need not wait for it. */
const NO_ENDPOINT = '00000000-0000-0000-0000-000000000000';
const EVENT = /^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$/;

const isEmpty = (text: string | undefined) => (text ?? '').trim() === '';

/** The places of a notice that say nothing yet; without them there is nothing to show. */
export function chatGaps({ text, details = [], links = [], color }: Chat): string[] {
  return [
    ...(isEmpty(text) ? ['text'] : []),
    ...details.flatMap(({ title }, index) => (isEmpty(title) ? [`details.${index}.title`] : [])),
    ...links.flatMap(({ label, url }, index) => [...(isEmpty(label) ? [`links.${index}.label`] : []), ...(isEmpty(url) ? [`links.${index}.url`] : [])]),
    ...(color === undefined || /^#[0-9A-Fa-f]{6}$/.test(color) ? [] : ['color']),
  ];
}

export const webhookGaps = ({ event = 'campaign.message' }: Webhook): string[] => (EVENT.test(event) && event.length <= 100 ? [] : ['event']);

/** What the server is asked to show of it. */
export const shownContent = <C extends Chat | Webhook>(content: C): C & { endpointId: string } => ({ ...content, endpointId: content.endpointId || NO_ENDPOINT });

/** The list without one entry, or undefined when that was the last. */
export const listOf = <T>(items: T[]): T[] | undefined => (items.length > 0 ? items : undefined);
/** The content with parts replaced; undefined takes a part out. */
export function withParts<C extends object>(content: C, parts: Partial<Record<keyof C, unknown>>): C {
  return Object.fromEntries(Object.entries({ ...content, ...parts }).filter(([, value]) => value !== undefined)) as C;
}
