import type { CampaignDefinition } from '../../contract/campaign.js';
import type { SegmentNode } from '../../contract/segment.js';
import { warned, type Finding } from './finding.js';

/** Whom a campaign means, as far as that can be asked now; null: everybody. */
export function audienceOf(definition: CampaignDefinition): SegmentNode | null {
  const segmentId = definition.type === 'broadcast' ? definition.segmentId : definition.type === 'series' && definition.entry.type === 'segment' ? definition.entry.segmentId : undefined;
  const dated = definition.type === 'series' && definition.entry.type === 'date' ? [{ type: 'attribute' as const, key: definition.entry.attribute, op: 'exists' as const }] : [];
  const parts: SegmentNode[] = [...(segmentId ? [{ type: 'segment' as const, op: 'in' as const, segmentId }] : []), ...dated, ...(definition.audience ? [definition.audience] : [])];
  return parts.length === 0 ? null : parts.length === 1 ? parts[0]! : { type: 'all', of: parts };
}

/** `person.address.[zip code]` as its keys; null for what is no value of a person, or one of a list. */
export function keysOf(path: string): string[] | null {
  if (!path.startsWith('person.') || path === 'person.id' || path.includes('[]')) return null;
  return [...path.slice('person.'.length).matchAll(/\[([^\]]*)\]|[^.[\]]+/g)].map(([whole, inside]) => inside ?? whole);
}

/** A value that a text needs, and how many of those looked at lack it. */
export interface EmptyField { path: string; tag: string; missing: number; looked: number }

const percentOf = (share: number): string => (share < 0.01 ? '<1' : String(Math.round(share * 100)));

/** What an author should know: some of the people meant would not get this message. */
export function emptyFindings(fields: readonly EmptyField[]): Finding[] {
  return fields.filter(({ missing }) => missing > 0).map(({ path, tag, missing, looked }) => {
    const share = percentOf(missing / looked);
    return warned(path, 'empty-for-some', `"${tag}" is empty for ${share} % of the audience, who would not get this message. Say what stands there without it.`, `대상 고객의 ${share}%는 "${tag}" 값이 비어 있어 이 메시지를 받지 못해요. 값이 없을 때 대신 쓸 말을 정하세요.`);
  });
}
