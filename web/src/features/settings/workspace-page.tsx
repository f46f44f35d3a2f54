import { Fieldset, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { isOwner, useMe } from '../../lib/me.ts';
import { Page } from '../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { OwnersNote, Section } from './kit/parts.tsx';
import { SaveBar, useSavedForm } from './kit/saved-form.tsx';
import { RulesForm } from './rules.tsx';

const OFFERED = ['ko', 'en', 'ja', 'zh'];

/** Who sends, the defaults for people who told us nothing, and the rules that every message keeps. */
export function WorkspacePage() {
  const { t } = useTranslation();
  const me = useMe();
  const workspace = useQuery({ queryKey: ['workspace'], queryFn: () => answer(api.GET('/v1/workspace')) });
  const rules = useQuery({ queryKey: ['sending-rules'], queryFn: () => answer(api.GET('/v1/sending-rules')) });
  if (me === undefined || workspace.isPending || rules.isPending) return <Loading />;
  if (!workspace.data || !rules.data) return <ErrorPanel error={workspace.error ?? rules.error} onRetry={() => { void workspace.refetch(); void rules.refetch(); }} />;
  return (
    <Page title={t('settings.places.workspace')}>
      {!isOwner(me) && <OwnersNote text={t('settings.ownersChange')} />}
      <About workspace={workspace.data} canEdit={isOwner(me)} needsContact={rules.data.items.some(({ key, on }) => key === 'sender_identity' && on)} />
      <RulesForm rules={rules.data} canEdit={isOwner(me)} />
    </Page>
  );
}

function About({ workspace, canEdit, needsContact }: { workspace: Api<'Workspace'>; canEdit: boolean; needsContact: boolean }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const initial = { name: workspace.name, timeZone: workspace.timeZone, language: workspace.language, senderContact: workspace.settings.senderContact ?? '' };
  const { form, submit, ...state } = useSavedForm({
    initial,
    checks: { name: (value) => (value.trim() === '' ? t('settings.required') : null) },
    places: { 'settings.senderContact': 'senderContact' },
    save: async ({ senderContact, ...rest }) => {
      queries.setQueryData(['workspace'], await answer(api.PATCH('/v1/workspace', { body: { ...rest, settings: { senderContact } } })));
      // Zone and language decide whether the Korean rules are on at first.
      void queries.invalidateQueries({ queryKey: ['sending-rules'] });
    },
  });
  const names = new Intl.DisplayNames(i18n.language, { type: 'language' });
  const languages = [...new Set([...OFFERED, workspace.language])].map((value) => ({ value, label: names.of(value) ?? value }));
  return (
    <Section title={t('settings.workspace.about')} hint={t('settings.workspace.aboutHint')}>
      <form onSubmit={submit} noValidate>
        <Fieldset variant="unstyled" disabled={!canEdit}>
          <Stack maw={560}>
            <TextInput label={t('settings.name')} maxLength={200} {...form.getInputProps('name')} />
            <Select label={t('settings.workspace.timeZone')} description={t('settings.workspace.timeZoneHint')} data={Intl.supportedValuesOf('timeZone').includes(workspace.timeZone) ? Intl.supportedValuesOf('timeZone') : [workspace.timeZone, ...Intl.supportedValuesOf('timeZone')]} searchable limit={200} allowDeselect={false} {...form.getInputProps('timeZone')} />
            <Select label={t('settings.workspace.language')} description={t('settings.workspace.languageHint')} data={languages} allowDeselect={false} {...form.getInputProps('language')} />
            <Textarea label={t('settings.workspace.contact')} description={needsContact ? t('settings.workspace.contactNeeded') : t('settings.workspace.contactHint')} autosize minRows={2} maxLength={500} {...form.getInputProps('senderContact')} />
            {canEdit && <SaveBar {...state} />}
          </Stack>
        </Fieldset>
      </form>
    </Section>
  );
}
