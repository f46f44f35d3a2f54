import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { findFaults } from '../../src/campaigns/domain/check.js';
import { CampaignDefinition } from '../../src/contract/campaign.js';
import { readDraft } from '../../src/contract/campaign-draft.js';
import { SegmentNodeSchema } from '../../src/contract/segment.js';
import { Starters } from '../../src/delivery/content/starters.service.js';
import { RECIPES } from '../../web/src/features/campaigns/recipes/index.js';
import type { Kit, Recipe } from '../../web/src/features/campaigns/recipes/recipe.js';

const starters = new Starters();
const words = (language: 'en' | 'ko') => (JSON.parse(readFileSync(`web/src/i18n/${language}/recipes.json`, 'utf8'))) as Record<string, Record<string, string>>;
const texts = { en: words('en'), ko: words('ko') };
const SEGMENT = '0198c0de-0000-7000-8000-000000000001';

async function kit(recipe: Recipe, language: 'en' | 'ko'): Promise<Kit> {
  const contents = new Map(await Promise.all(recipe.starters.map(async (key) => [key, (await starters.one(key, language)).content] as const)));
  const say: Kit['say'] = (part, other = language) => {
    const said = texts[other][recipe.key]?.[part];
    if (said === undefined) throw new Error(`recipes.${recipe.key}.${part} is not written in ${other}`);
    return said;
  };
  return { language, say, starter: (key) => contents.get(key)!, segmentId: recipe.segment ? SEGMENT : '' };
}

describe.each(['en', 'ko'] as const)('recipes in %s', (language) => {
  test.each(RECIPES.filter(({ key }) => key !== 'blank' && key !== 'oneOff').map((recipe) => [recipe.key, recipe] as const))('%s is whole: it has no gap and no fault', async (_key, recipe) => {
    const given = recipe.definition(await kit(recipe, language));
    const { definition, gaps, faults } = readDraft(given);
    expect({ gaps, faults }).toEqual({ gaps: [], faults: [] });
    expect(findFaults(definition!, new Date('2026-03-01T00:00:00Z')).filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(definition).toEqual(CampaignDefinition.parse(given));
    const kinds = definition!.type === 'series' ? definition!.steps.flatMap((step) => (step.type === 'message' ? [step.channel] : [step.type])) : [];
    // What its card draws is what it does.
    expect(recipe.shape).toEqual(['entry', ...kinds, 'goal']);
    if (recipe.segment) expect(SegmentNodeSchema.safeParse(recipe.segment).success).toBe(true);
  });

  test('those that begin from nothing lack only what their author must say', async () => {
    for (const recipe of RECIPES.filter(({ key }) => key === 'blank' || key === 'oneOff')) expect(readDraft(recipe.definition(await kit(recipe, language))).faults).toEqual([]);
  });
});
