import { wholeInApp } from '../in-app/content.ts';
import type { Api } from '../../lib/api.ts';

export type AutoMessage = Extract<Api<'CampaignDefinition'>, { type: 'auto_message' }>;
export type Display = AutoMessage['display'];
export type PageRule = Display['page'];
export type Pattern = PageRule['include'][number];
export type Trigger = Display['trigger'];
export type Schedule = NonNullable<Display['schedule']>;
export type Variant = AutoMessage['message']['variants'][number];
export type Content = Variant['content'];

const NO_RULE: PageRule = { include: [], exclude: [], query: [], referrer: [], utm: {}, languages: [] };

/** Drafts may have gaps; here everything a field stands for is there, as the API would fill it. */
export function filled(draft: Partial<AutoMessage>): AutoMessage {
  const display: Partial<Display> = draft.display ?? {};
  const message: Partial<AutoMessage['message']> = draft.message ?? {};
  return {
    ...draft, type: 'auto_message',
    display: {
      ...display, page: { ...NO_RULE, ...display.page }, trigger: display.trigger ?? { type: 'page_view' },
      frequency: { times: 1, oncePerVisit: true, ...display.frequency }, priority: display.priority ?? 50, class: display.class ?? 'standard',
    },
    message: {
      ...message, id: message.id ?? 'message', channel: 'in_app', type: 'message', name: message.name ?? '', topic: message.topic ?? 'product-updates', next: null,
      variants: (message.variants ?? []).length > 0 ? message.variants!.map((variant) => ({ ...variant, content: wholeInApp(variant.content) })) : [{ key: 'a', name: '', weight: 1, content: EMPTY }],
    },
  };
}

export const EMPTY: Content = wholeInApp(undefined);

/** An address as a pattern of host and path; null for what is none. What is pasted may lack its scheme, or be a path alone. */
export function patternOf(address: string): string | null {
  const given = address.trim();
  if (given.startsWith('/')) return given.replace(/[?#].*$/, '') || null;
  const whole = /^https?:\/\//i.test(given) ? given : `https://${given}`;
  if (!URL.canParse(whole)) return null;
  const { hostname, pathname } = new URL(whole);
  return hostname.includes('.') || hostname === 'localhost' ? `${hostname}${pathname.replace(/\/+$/, '')}` : null;
}
