import { api, answer, ApiProblem, type Api } from '../../../lib/api.ts';
import { sameJson } from '../../../../../src/contract/campaign-diff.ts';
import type { Kit, Language, Recipe } from './recipe.ts';

/** Words of a recipe in a language: `name`, `segment`, and what its definition asks for. */
export type Say = (part: string, language?: Language) => string;

/**
 * Makes a draft from a recipe. Its segment is reused when there is one that says the same; a new one is put away again when the
 * draft is refused, and found and reused by the next attempt when not even that was possible.
 */
export async function makeCampaign(recipe: Recipe, language: Language, say: Say): Promise<Api<'Campaign'>> {
  const contents = new Map(await Promise.all(recipe.starters.map(async (key) => [key, (await answer(api.GET('/v1/starters/{key}', { params: { path: { key }, query: { language } } }))).content] as const)));
  const segment = recipe.segment ? await segmentFor(say('segment'), recipe.segment as Api<'SegmentNode'>) : null;
  const kit: Kit = { language, say, starter: (key) => contents.get(key)!, segmentId: segment?.id ?? '' };
  try {
    return await answer(api.POST('/v1/campaigns', { body: { name: say('name'), definition: recipe.definition(kit) as Api<'CampaignDraft'>, unfinished: true } }));
  } catch (error) {
    if (segment?.isNew) await api.POST('/v1/segments/{id}/archive', { params: { path: { id: segment.id } } }).catch(() => undefined);
    throw error;
  }
}

/** A segment of this definition; under another name where the name is taken by one that says something else. */
async function segmentFor(name: string, definition: Api<'SegmentNode'>): Promise<{ id: string; isNew: boolean }> {
  const { items } = await answer(api.GET('/v1/segments', { params: { query: { limit: 200, q: name } } }));
  const same = items.find((segment) => segment.state !== 'failed' && sameJson(segment.definition, definition));
  if (same) return { id: same.id, isNew: false };
  const taken = new Set(items.map((segment) => segment.name));
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? name : `${name} ${number}`;
    if (taken.has(free)) continue;
    try {
      return { id: (await answer(api.POST('/v1/segments', { body: { name: free, description: '', definition } }))).id, isNew: true };
    } catch (error) {
      // Somebody else took the name just now, or an archived segment has it.
      if (!(error instanceof ApiProblem) || error.code !== 'segment.name-taken' || number >= 20) throw error;
    }
  }
}
