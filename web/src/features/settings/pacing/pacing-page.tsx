import { Button, Checkbox, Fieldset, Group, NumberInput, Stack, Switch, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../lib/api.ts';
import { isOwner, useMe } from '../../../lib/me.ts';
import { Page } from '../../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { TimeField } from '../../../ui/time-fields.tsx';
import { ActButton, OwnersNote, Section } from '../kit/parts.tsx';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';
import { Caps, MOST_CAPS, type Pacing } from './caps.tsx';
import { PacePreview } from './preview.tsx';

const CAP_FIELDS = ['name', 'limit', 'window', 'channels', 'topics', 'classes'];
/** Where the server finds fault, each is a field. */
const PLACES = Object.fromEntries([
  ...Array.from({ length: MOST_CAPS }, (_, index) => CAP_FIELDS.map((name) => [`caps.${index}.${name}`, `caps.${index}.${name}`])).flat(),
  ...['from', 'to', 'channels'].map((name) => [`quietHours.${name}`, `quietHours.${name}`]),
]) as Record<string, 'caps'>;

/** How often and when people hear from the workspace: caps, quiet hours, and what they mean for one person. */
export function PacingPage() {
  const { t } = useTranslation();
  const me = useMe();
  const found = useQuery({ queryKey: ['pacing'], queryFn: () => answer(api.GET('/v1/pacing')) });
  const [round, setRound] = useState(0);
  if (me === undefined || found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  return (
    <Page title={t('settings.places.pacing')} note={t('pacing.intro')}>
      {!isOwner(me) && <OwnersNote text={t('settings.ownersChange')} />}
      <PacingForm key={round} settings={found.data} canEdit={isOwner(me)} onPutBack={() => { setRound(round + 1); }} />
    </Page>
  );
}

function PacingForm({ settings, canEdit, onPutBack }: { settings: Pacing; canEdit: boolean; onPutBack(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [before, setBefore] = useState<Pacing | null>(null);
  const put = async (next: Pacing) => { queries.setQueryData(['pacing'], await answer(api.PUT('/v1/pacing', { body: next }))); };
  const saved = useSavedForm<Pacing & Record<string, unknown>>({ initial: settings, places: PLACES, save: async (next) => { await put(next); setBefore(settings); } });
  const { form } = saved;
  const undo = async () => { await put(before!); onPutBack(); };
  return (
    <>
      <form onSubmit={saved.submit} noValidate>
        <Fieldset variant="unstyled" disabled={!canEdit}>
          <Stack gap="lg">
            <Section title={t('pacing.caps.title')} hint={t('pacing.caps.hint')}>
              <Caps form={form} />
              <NumberInput maw={420} label={t('pacing.waitDays')} description={t('pacing.waitDaysHint')} min={1} max={90} clampBehavior="none" allowDecimal={false} {...form.getInputProps('waitDays')} />
            </Section>
            <Section title={t('pacing.quiet.title')} hint={t('pacing.quiet.hint')}>
              <Switch label={t('pacing.quiet.on')} {...form.getInputProps('quietHours.on', { type: 'checkbox' })} />
              <Group gap="sm" align="flex-start">
                <TimeField w={150} label={t('pacing.hours.from')} {...form.getInputProps('quietHours.from')} />
                <TimeField w={150} label={t('pacing.hours.to')} {...form.getInputProps('quietHours.to')} />
              </Group>
              <Text size="xs" c="dimmed">{t('pacing.hours.theirs')}</Text>
              <Checkbox.Group label={t('pacing.caps.channels')} description={t('pacing.caps.allChannels')} {...form.getInputProps('quietHours.channels')}><Group mt={4}>{(['email', 'in_app'] as const).map((channel) => <Checkbox key={channel} value={channel} label={t(`pacing.channels.${channel}`)} />)}</Group></Checkbox.Group>
            </Section>
            {canEdit && (
              <Group gap="sm" align="center">
                <SaveBar state={saved.state} refusal={saved.refusal} />
                {saved.state === 'dirty' && <Button variant="subtle" onClick={() => { form.reset(); }}>{t('pacing.discard')}</Button>}
                {before && saved.state === 'saved' && <ActButton size="sm" variant="subtle" label={t('pacing.undo')} onAct={undo} />}
              </Group>
            )}
          </Stack>
        </Fieldset>
      </form>
      <Section title={t('pacing.preview.title')} hint={<Text size="sm" span>{t('pacing.preview.hint')}</Text>}><PacePreview settings={form.values} /></Section>
    </>
  );
}
