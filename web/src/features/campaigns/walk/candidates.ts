import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../../lib/api.ts';
import type { Campaign } from '../draft/draft-port.ts';
import { whoOf } from '../launch/who.ts';

const MANY = 50;

/** People to look at a campaign with, in this order: those who are in it, whom it means, anybody with an address. */
export function useCandidates(campaign: Campaign) {
  const who = whoOf(campaign.definition);
  return useQuery({
    queryKey: ['walk-people', campaign.id, campaign.revision, campaign.state], staleTime: 30_000,
    queryFn: async () => {
      if (campaign.currentVersion) {
        const { items } = await answer(api.GET('/v1/campaigns/{id}/people', { params: { path: { id: campaign.id }, query: { limit: MANY } } }));
        if (items.length > 0) return [...new Set(items.map(({ personId }) => personId))];
      }
      if (who.kind === 'people' && who.segmentId) {
        const { items } = await answer(api.GET('/v1/segments/{id}/members', { params: { path: { id: who.segmentId }, query: { limit: MANY } } }));
        if (items.length > 0) return items.map(({ id }) => id);
      }
      const { items } = await answer(api.GET('/v1/people', { params: { query: { limit: MANY } } }));
      return items.toSorted((a, b) => Number(b.email !== null) - Number(a.email !== null)).map(({ id }) => id);
    },
  });
}
