import { Fieldset, NumberInput, Radio, Select, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { isOwner, useMe } from '../../../lib/me.ts';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { OwnersNote, Section } from '../kit/parts.tsx';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';

type Site = Required<Api<'SiteSettings'>>;

/** What browsers are told: attention, pages, consent, privacy, and the switch that stops all. */
export function Behaviour() {
  const { t } = useTranslation();
  const canEdit = isOwner(useMe());
  const found = useQuery({ queryKey: ['site-settings'], queryFn: () => answer(api.GET('/v1/site-settings')) });
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  return <Stack gap="lg">{!canEdit && <OwnersNote text={t('settings.ownersChange')} />}<Form site={found.data as Site} canEdit={canEdit} /></Stack>;
}

function Form({ site, canEdit }: { site: Site; canEdit: boolean }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm({
    initial: { ...site, scrollElement: site.scrollElement ?? '' },
    save: async ({ scrollElement, ...rest }) => { queries.setQueryData(['site-settings'], await answer(api.PUT('/v1/site-settings', { body: { ...rest, scrollElement: (scrollElement.trim() === '' ? null : scrollElement.trim()) as string } }))); },
  });
  return (
    <form onSubmit={submit} noValidate>
      <Fieldset variant="unstyled" disabled={!canEdit}>
        <Stack gap="lg">
          <Section title={t('website.attention')} hint={t('website.attentionHint')}>
            <NumberInput label={t('website.idleSeconds')} min={15} max={600} allowDecimal={false} maw={320} {...form.getInputProps('idleSeconds')} />
            <TextInput label={t('website.scrollElement')} description={t('website.scrollElementHint')} placeholder="#content" maxLength={200} maw={480} {...form.getInputProps('scrollElement')} />
          </Section>
          <Section title={t('website.pages')}>
            <Switch label={t('website.hashNamesPages')} {...form.getInputProps('hashNamesPages', { type: 'checkbox' })} />
            <TagsInput label={t('website.ignoredParameters')} description={t('website.ignoredHint')} maw={480} acceptValueOnBlur {...form.getInputProps('ignoredParameters')} />
          </Section>
          <Section title={t('website.privacy')}>
            <Radio.Group label={t('website.consent')} {...form.getInputProps('consent')}><Stack gap="xs" mt="xs">{(['granted', 'pending'] as const).map((value) => <Radio key={value} value={value} label={t(`website.consents.${value}`)} />)}</Stack></Radio.Group>
            <Switch label={t('website.respectSignals')} description={t('website.respectHint')} {...form.getInputProps('respectPrivacySignals', { type: 'checkbox' })} />
            <Select label={t('website.ip')} allowDeselect={false} maw={420} data={(['full', 'truncated', 'none'] as const).map((value) => ({ value, label: t(`website.ips.${value}`) }))} {...form.getInputProps('ipAddresses')} />
          </Section>
          <Section title={t('website.kill')} hint={t('website.killHint')}>
            <Switch color="red" label={t('website.off')} {...form.getInputProps('off', { type: 'checkbox' })} />
          </Section>
          {canEdit && <SaveBar {...state} />}
        </Stack>
      </Fieldset>
    </form>
  );
}
