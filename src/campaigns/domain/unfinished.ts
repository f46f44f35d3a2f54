import type { CampaignDefinition } from '../../contract/campaign.js';
import { readDraft, type DraftDefinition } from '../../contract/campaign-draft.js';
import { refuseErrors } from './refuse.js';
import { fault, type Finding } from './finding.js';

/** The definition of a draft, or what it still lacks. */
export function writtenOf(draft: DraftDefinition): { definition: CampaignDefinition; findings: [] } | { definition: null; findings: Finding[] } {
  const { definition, gaps, faults } = readDraft(draft);
  if (definition) return { definition, findings: [] };
  return { definition: null, findings: [...faults, ...gaps].map(({ path, message }) => fault(path.join('.'), 'not-written', message)) };
}

/** @throws AppError `campaign.invalid` with everything it still lacks */
export function wholeDefinition(draft: DraftDefinition): CampaignDefinition {
  const { definition, findings } = writtenOf(draft);
  if (definition) return definition;
  refuseErrors(findings);
  throw new TypeError('a draft with gaps has findings');
}
