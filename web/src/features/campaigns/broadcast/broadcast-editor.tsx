import { Card, Grid, Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useDraft } from '../draft/draft-context.tsx';
import { SaveState } from '../draft/save-state.tsx';
import { broadcastOf } from './edits.ts';
import { GoalsPart } from './goals-part.tsx';
import { MessagePart } from './message-part.tsx';
import { PacePart } from './pace-part.tsx';
import { RampPart } from './ramp-part.tsx';
import { ReadinessList } from './readiness-list.tsx';
import { WhenPart } from './when-part.tsx';
import { WhoPart } from './who-part.tsx';

/** One message to many: whom, when, what, and what it is to achieve. Saved by itself; only the launch sends. */
export function BroadcastEditor({ at }: { at: string | undefined }) {
  const { t } = useTranslation();
  const { definition, campaign } = useDraft();
  useEffect(() => { if (at) document.getElementById(`part-${at}`)?.focus(); }, [at]);
  if (broadcastOf(definition).type !== 'broadcast' || (definition.type === 'broadcast' && definition.external)) return <Text>{t('broadcast.external')}</Text>;
  return (
    <Stack gap="md">
      <Group justify="flex-end"><SaveState /></Group>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="md">
            <Part name="who" title={t('broadcast.who.title')}><WhoPart /></Part>
            <Part name="when" title={t('broadcast.when.title')}><WhenPart /></Part>
            <Part name="message" title={t('broadcast.message.title')}><MessagePart /></Part>
            <Part name="ramp" title={t('safety.ramp.title')}><RampPart /></Part>
            <Part name="pace" title={t('pacing.campaign.title')}><PacePart /></Part>
            <Part name="goals" title={t('broadcast.goals.title')}><GoalsPart /></Part>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}><ReadinessList key={campaign.id} /></Grid.Col>
      </Grid>
    </Stack>
  );
}

function Part({ name, title, children }: { name: string; title: string; children: ReactNode }) {
  return <Card withBorder component="section" aria-label={title} id={`part-${name}`} tabIndex={-1}><Stack gap="sm"><Title order={2} size="h5">{title}</Title>{children}</Stack></Card>;
}
