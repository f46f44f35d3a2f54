import { Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Builder } from '../../../segments/builder/builder.tsx';
import { canonical, draftOf, emptyDraft, openedOf, writtenOf, type Draft, type Node } from '../../../segments/builder/draft.ts';
import { useDraft } from '../../draft/draft-context.tsx';

/** A condition in the sentences of the segment builder. Sentences that are not finished are kept with the draft, as gaps. */
export function ConditionField({ value, field, hint, onChange }: { value: object | null | undefined; field: string; hint?: string; onChange(condition: object | null): void }) {
  const { t } = useTranslation();
  const { readOnly } = useDraft();
  const [draft, setDraft] = useState<Draft>(() => read(value));
  const [sent, setSent] = useState(() => canonical(value ?? null));
  // Changed from elsewhere, as by undo: what stands here is read anew.
  if (canonical(value ?? null) !== sent) {
    setSent(canonical(value ?? null));
    setDraft(read(value));
  }
  const change = (next: Draft) => {
    setDraft(next);
    const written = writtenOf(next);
    setSent(canonical(written));
    if (canonical(written) !== canonical(value ?? null)) onChange(written);
  };
  return (
    <Stack gap={6} data-field={field}>
      {hint && <Text size="xs" c="dimmed">{hint}</Text>}
      <Builder draft={draft} onChange={change} readOnly={readOnly} />
      {draft.items.length === 0 && draft.except.length === 0 && <Text size="xs" c="dimmed">{t('series.noCondition')}</Text>}
    </Stack>
  );
}

const read = (value: object | null | undefined): Draft => (value ? draftOf(openedOf(value as Node)) : emptyDraft());
