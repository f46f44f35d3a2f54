import { useQuery } from '@tanstack/react-query';
import { answer, api, type Api } from '../../../lib/api.ts';

const KEPT = 60_000;
const MANY = { params: { query: { limit: 200 } } };

/** Names of events, the most frequent first. */
export const useEventNames = () => useQuery({ queryKey: ['event-names'], queryFn: () => answer(api.GET('/v1/events/names')), staleTime: KEPT });
/** The attributes and tags there are. */
export const useAttributes = () => useQuery({ queryKey: ['fields'], queryFn: () => answer(api.GET('/v1/segments/fields', { params: { query: {} } })), staleTime: KEPT });
/** The properties of one event. */
export const useProperties = (event: string) => useQuery({ queryKey: ['fields', event], queryFn: () => answer(api.GET('/v1/segments/fields', { params: { query: { event } } })), staleTime: KEPT, enabled: event !== '' });
/** Operators with their labels in both languages. */
export const useOperators = () => useQuery({ queryKey: ['operators'], queryFn: () => answer(api.GET('/v1/segments/operators')), staleTime: Infinity });

export type Operators = Api<'SegmentOperatorList'>['items'];

export interface Choice { value: string; label: string }
const choices = (items: { id: string; name: string }[]): Choice[] => items.map(({ id, name }) => ({ value: id, label: name }));

export const useSegmentChoices = () => useQuery({ queryKey: ['segment-choices'], queryFn: async () => choices((await answer(api.GET('/v1/segments', MANY))).items), staleTime: KEPT });
export const useListChoices = () => useQuery({ queryKey: ['list-choices'], queryFn: async () => choices((await answer(api.GET('/v1/lists', MANY))).items), staleTime: KEPT });
export const useCampaignChoices = () => useQuery({ queryKey: ['campaign-choices'], queryFn: async () => choices((await answer(api.GET('/v1/campaigns', MANY))).items), staleTime: KEPT });
export const useTopics = () => useQuery({ queryKey: ['topics'], queryFn: async () => (await answer(api.GET('/v1/topics'))).items, staleTime: KEPT });
