import { answer, api, type Api } from '../../lib/api.ts';
import { EMPTY, filled, type AutoMessage, type Content, type Trigger } from './auto-message.ts';

export const RECIPES = ['pricing', 'feature', 'welcome', 'leaving', 'nps', 'blank'] as const;
export type Recipe = (typeof RECIPES)[number];

interface Plan { /** Key of the starter that has the words, in both languages. */ starter: string | null; trigger(seconds: number): Trigger; frequency?: Partial<AutoMessage['display']['frequency']> }

const dwell = (seconds: number): Trigger => ({ type: 'dwell', seconds, scope: 'page', focus: 'any' });
const PLANS: Record<Recipe, Plan> = {
  pricing: { starter: 'in-app-pricing-help', trigger: dwell },
  feature: { starter: 'in-app-feature', trigger: () => ({ type: 'page_view' }), frequency: { times: 3, every: { days: 1 } } },
  welcome: { starter: 'in-app-welcome', trigger: () => ({ type: 'page_view' }) },
  leaving: { starter: null, trigger: () => ({ type: 'exit_intent', touch: false }) },
  nps: { starter: 'in-app-nps', trigger: dwell, frequency: { times: 2, every: { days: 90 } } },
  blank: { starter: null, trigger: dwell },
};

export interface RecipeWords { name: string; title: string; body: string; button: string }

/**
 * A complete auto message: words in both languages where there are starters, page and seconds as given.
 *
 * @param pattern of the page; null for every page
 * @param words what a recipe without a starter says
 */
export async function draftFrom(recipe: Recipe, { pattern, seconds, language, words }: { pattern: string | null; seconds: number; language: 'en' | 'ko'; words: RecipeWords }): Promise<AutoMessage> {
  const { starter, trigger, frequency } = PLANS[recipe];
  const content = starter === null ? plain(recipe, words) : ((await answer(api.GET('/v1/starters/{key}', { params: { path: { key: starter }, query: { language } } }))) as Extract<Api<'Starter'>, { channel: 'in_app' }>).content;
  return filled({
    display: {
      page: { include: pattern === null ? [] : [{ match: 'glob', pattern }], exclude: [], query: [], referrer: [], utm: {}, languages: [] },
      trigger: trigger(seconds), frequency: { times: 1, oncePerVisit: true, ...frequency }, priority: 50, class: 'standard',
    },
    message: { id: 'message', channel: 'in_app', type: 'message', name: '', topic: 'product-updates', next: null, variants: [{ key: 'a', name: '', weight: 1, content }] },
  });
}

const plain = (recipe: Recipe, { title, body, button }: RecipeWords): Content => (recipe === 'blank' ? { ...EMPTY, format: 'slide_in' } : { ...EMPTY, format: 'modal', title, body, buttons: [{ label: button, url: '' }], theme: { dark: true } });
