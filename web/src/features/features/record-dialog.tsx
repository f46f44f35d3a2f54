import { Select, Stack, Textarea } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { PersonPicker } from '../../ui/person-picker.tsx';
import { ActButton, Dialog } from '../settings/kit/parts.tsx';

/** Records what somebody said: of a known feature, or of a known person. */
export function RecordDialog({ opened, onClose, featureKey, personId }: { opened: boolean; onClose(): void; featureKey?: string; personId?: string }) {
  const { t } = useTranslation();
  return <Dialog opened={opened} onClose={onClose} title={t('features.record')}><RecordForm onDone={onClose} featureKey={featureKey} personId={personId} /></Dialog>;
}

function RecordForm({ onDone, featureKey, personId }: { onDone(): void; featureKey: string | undefined; personId: string | undefined }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [person, setPerson] = useState(personId);
  const [key, setKey] = useState<string | null>(featureKey ?? null);
  const [words, setWords] = useState('');
  const features = useQuery({ queryKey: ['features', 'choices'], queryFn: () => answer(api.GET('/v1/features', { params: { query: { limit: 200 } } })), enabled: featureKey === undefined });
  const record = async () => {
    if (!person || !key) return;
    await api.POST('/v1/features/{key}/requests', { params: { path: { key } }, body: { person, ...(words.trim() ? { words: words.trim() } : {}) } });
    await Promise.all(['feature', 'features', 'person-features'].map((name) => queries.invalidateQueries({ queryKey: [name] })));
    onDone();
  };
  return (
    <Stack>
      {personId === undefined && <PersonPicker label={t('features.who')} value={person} onChange={setPerson} />}
      {featureKey === undefined && <Select label={t('features.feature')} searchable data={(features.data?.items ?? []).map((one) => ({ value: one.key, label: one.name }))} value={key} onChange={setKey} />}
      <Textarea label={t('features.whatSaid')} autosize minRows={3} maxLength={5_000} value={words} onChange={(event) => { setWords(event.currentTarget.value); }} />
      {person && key ? <ActButton label={t('features.recordNow')} variant="filled" size="sm" onAct={record} /> : null}
    </Stack>
  );
}
