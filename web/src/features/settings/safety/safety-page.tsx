import { Checkbox, Fieldset, NumberInput, SimpleGrid, Stack, Switch } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { isOwner, useMe } from '../../../lib/me.ts';
import { Page } from '../../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { FIRST_RATE } from '../../safety/draft-safety.js';
import { RateInputs } from '../../safety/rate-fields.tsx';
import { OwnersNote, Section } from '../kit/parts.tsx';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';
import { BreakerSection } from './breaker.tsx';

type Safety = Api<'SafetySettings'>;
const RAMP = ['atLeast', 'hardPercent', 'complaintPercent', 'blockPercent', 'unsubscribePercent', 'renderPercent', 'volumePercent'] as const;
const BREAKER = ['window', 'hardPercent', 'complaintPercent', 'blockPercent', 'recheckMinutes'] as const;
const WHOLE: ReadonlySet<string> = new Set(['atLeast', 'window', 'recheckMinutes']);
/** Where the server finds fault, each is a field. */
const PLACES = Object.fromEntries([...RAMP.map((name) => `ramp.${name}`), ...BREAKER.map((name) => `breaker.${name}`), 'approval.above', 'sendRate.messages'].map((path) => [path, path])) as Record<string, 'ramp'>;

/** How fast and how many at once: approval, the rate of the workspace, what halts a ramp, and the breaker. */
export function SafetyPage() {
  const { t } = useTranslation();
  const me = useMe();
  const found = useQuery({ queryKey: ['safety'], queryFn: () => answer(api.GET('/v1/safety-settings')) });
  if (me === undefined || found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  return (
    <Page title={t('safety.settings.title')} note={t('safety.settings.note')}>
      {!isOwner(me) && <OwnersNote text={t('settings.ownersChange')} />}
      <BreakerSection />
      <SafetyForm settings={found.data} canEdit={isOwner(me)} />
    </Page>
  );
}

function SafetyForm({ settings, canEdit }: { settings: Safety; canEdit: boolean }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const saved = useSavedForm<Safety & Record<string, unknown>>({ initial: settings, places: PLACES, save: async (next) => { queries.setQueryData(['safety'], await answer(api.PUT('/v1/safety-settings', { body: next }))); } });
  const { form } = saved;
  const rate = form.values.sendRate;
  const above = form.values.approval?.above ?? null;
  const number = (place: 'ramp' | 'breaker', name: string) => <NumberInput key={name} label={t(`safety.settings.${name as 'window'}`)} clampBehavior="none" {...(WHOLE.has(name) ? { allowDecimal: false } : { decimalScale: 2 })} {...form.getInputProps(`${place}.${name}`)} />;
  return (
    <form onSubmit={saved.submit} noValidate>
      <Fieldset variant="unstyled" disabled={!canEdit}>
        <Stack gap="lg">
          <Section title={t('safety.settings.approval')} hint={t('safety.settings.approvalHint')}>
            <NumberInput maw={420} label={t('safety.settings.above')} allowDecimal={false} clampBehavior="none" thousandSeparator="," {...form.getInputProps('approval.above')} value={above ?? ''} onChange={(next) => { form.setFieldValue('approval.above', (typeof next === 'number' ? next : null) as never); }} />
          </Section>
          <Section title={t('safety.settings.rate')} hint={t('safety.settings.rateHint')}>
            <Checkbox label={t('safety.rate.on')} checked={Boolean(rate)} onChange={(event) => { form.setFieldValue('sendRate', (event.currentTarget.checked ? FIRST_RATE : null) as never); }} />
            {rate && <RateInputs value={rate} onChange={(next) => { form.setFieldValue('sendRate', next as never); }} />}
          </Section>
          <Section title={t('safety.settings.ramp')} hint={t('safety.settings.rampHint')}><SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>{RAMP.map((name) => number('ramp', name))}</SimpleGrid></Section>
          <Section title={t('safety.settings.breaker')} hint={t('safety.settings.breakerHint')}>
            <Switch label={t('safety.settings.breakerOn')} {...form.getInputProps('breaker.on', { type: 'checkbox' })} />
            <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>{BREAKER.map((name) => number('breaker', name))}</SimpleGrid>
          </Section>
          {canEdit && <SaveBar state={saved.state} refusal={saved.refusal} />}
        </Stack>
      </Fieldset>
    </form>
  );
}
