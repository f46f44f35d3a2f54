import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../lib/api.ts';

const SHOWN = 20;

/** Finds one campaign by its name while typing. */
export function CampaignPicker({ label, value, onChange }: { label: string; value: string | undefined; onChange(id: string | undefined): void }) {
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.normalize('NFC').trim(), 250);
  const chosen = useQuery({ queryKey: ['campaign', value], queryFn: () => answer(api.GET('/v1/campaigns/{id}', { params: { path: { id: value! } } })), enabled: value !== undefined });
  // What is written in the field once something is chosen is its name, and asks for nothing.
  const wanted = chosen.data?.name === q ? '' : q;
  const found = useQuery({ queryKey: ['campaign-picker', wanted], queryFn: () => answer(api.GET('/v1/campaigns', { params: { query: { limit: SHOWN, ...(wanted ? { q: wanted } : {}) } } })), placeholderData: keepPreviousData });
  const known = new Map([...(found.data?.items ?? []), ...(chosen.data ? [chosen.data] : [])].map(({ id, name }) => [id, name]));
  return (
    <Select
      aria-label={label} placeholder={label} searchable clearable w={220} value={value ?? null} searchValue={text} onSearchChange={setText} filter={({ options }) => options}
      data={[...known].map(([id, name]) => ({ value: id, label: name }))} onChange={(next) => { onChange(next ?? undefined); }}
    />
  );
}
