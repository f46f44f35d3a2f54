import { Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../lib/api.ts';
import type { Node } from '../../segments/builder/draft.ts';
import { useSeries } from './editor-context.tsx';
import type { Series } from './model.js';
import { isWhole } from './step-words.ts';

/** Whom the entry segment and the audience mean together; null when nothing can be counted. */
function meant({ entry, audience }: Series): Node | null {
  const parts: Node[] = [...(entry?.type === 'segment' && entry.segmentId && entry.on !== 'left' ? [{ type: 'segment' as const, op: 'in' as const, segmentId: entry.segmentId }] : []), ...(isWhole(audience) ? [audience] : [])];
  return parts.length === 0 ? null : parts.length === 1 ? parts[0]! : { type: 'all', of: parts };
}

/** How many people the campaign means now. */
export function AudienceCount() {
  const { t } = useTranslation();
  const { series } = useSeries();
  const [text] = useDebouncedValue(JSON.stringify(meant(series)), 250);
  const definition = JSON.parse(text) as Node | null;
  const count = useQuery({ queryKey: ['audience', text], queryFn: () => answer(api.POST('/v1/segments/estimate', { body: { definition: definition! } })), enabled: definition !== null, placeholderData: keepPreviousData, staleTime: 30_000, retry: false });
  if (definition === null || count.data?.count == null) return null;
  return <Text size="sm" component="output" c="dimmed">{t(series.entry?.type === 'segment' && series.entry.on !== 'left' ? 'series.audience.now' : 'series.audience.among', { count: count.data.count })}</Text>;
}
