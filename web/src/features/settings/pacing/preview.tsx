import { Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem } from '../../../lib/api.ts';
import { PersonPicker } from '../../../ui/person-picker.tsx';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { NowWords, WeekList } from '../../pacing/person-pace.tsx';
import type { Pacing } from './caps.tsx';

const AFTER_MS = 400;

/** What the settings as they stand here, saved or not, mean for one person this week. */
export function PacePreview({ settings }: { settings: Pacing }) {
  const { t } = useTranslation();
  const [person, setPerson] = useState<string>();
  const { caps, waitDays, quietHours } = settings;
  const stands = JSON.stringify({ caps, waitDays, quietHours });
  // What is typed is asked once it stands still; until then what was asked before is out of date, and may be half typed.
  const [asked] = useDebouncedValue(stands, AFTER_MS);
  const found = useQuery({
    queryKey: ['pacing-preview', person, asked], enabled: person !== undefined && asked === stands, retry: false, placeholderData: keepPreviousData,
    queryFn: () => answer(api.POST('/v1/pacing/preview', { body: { personId: person!, settings: JSON.parse(asked) as Pacing } })),
  });
  const isUnfinished = found.error instanceof ApiProblem && found.error.status === 400;
  return (
    <Stack gap="sm">
      <PersonPicker label={t('pacing.preview.person')} value={person} onChange={setPerson} />
      {person === undefined ? null : isUnfinished ? <Text size="sm" c="dimmed">{t('pacing.preview.unfinished')}</Text> : found.data ? (
        <>
          <Text size="sm" c="dimmed">{t('pacing.preview.zone', { zone: found.data.timeZone })}</Text>
          <NowWords pace={found.data} />
          <Title order={3} size="h5">{t('pacing.week.title')}</Title>
          <WeekList pace={found.data} />
        </>
      ) : found.isError ? <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} /> : <Loading rows={3} />}
    </Stack>
  );
}
