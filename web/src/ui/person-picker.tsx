import { Combobox, Text, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../lib/api.ts';
import { personName } from '../lib/person-name.ts';

/** Finds one person while typing, by name, address or id. */
export function PersonPicker({ label, value, onChange }: { label: string; value: string | undefined; onChange(id: string | undefined): void }) {
  const { t } = useTranslation();
  const combobox = useCombobox();
  const [text, setText] = useState<string | null>(null);
  const [q] = useDebouncedValue((text ?? '').normalize('NFC').trim(), 250);
  const found = useQuery({ queryKey: ['person-picker', q], queryFn: () => answer(api.GET('/v1/people', { params: { query: { limit: 8, ...(q ? { q } : {}) } } })), enabled: text !== null, placeholderData: keepPreviousData });
  const chosen = useQuery({ queryKey: ['person', value], queryFn: () => answer(api.GET('/v1/people/{id}', { params: { path: { id: value! } } })), enabled: value !== undefined });
  const shown = text ?? (chosen.data ? personName(chosen.data) : '');
  const pick = (id: string) => { setText(null); combobox.closeDropdown(); onChange(id); };
  return (
    <Combobox store={combobox} onOptionSubmit={pick}>
      <Combobox.Target>
        <TextInput
          label={label} placeholder={t('people.search')} value={shown} maw={420} type="search" onFocus={() => { setText(''); combobox.openDropdown(); }} onBlur={() => { setText(null); combobox.closeDropdown(); }}
          onChange={(event) => { setText(event.currentTarget.value); combobox.openDropdown(); combobox.updateSelectedOptionIndex(); }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={text === null}>
        <Combobox.Options aria-label={label}>
          {found.data?.items.map((person) => <Combobox.Option key={person.id} value={person.id}><Text size="sm">{personName(person)}</Text><Text size="xs" c="dimmed">{person.email ?? person.externalId}</Text></Combobox.Option>)}
          {found.data?.items.length === 0 && <Combobox.Empty>{t('people.noMatch')}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
