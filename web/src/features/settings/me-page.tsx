import { Button, Card, Group, PasswordInput, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { switchLanguage, type Language } from '../../i18n/index.ts';
import { answer, api, type Api } from '../../lib/api.ts';
import { useMe } from '../../lib/me.ts';
import { Page } from '../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { TimeField } from '../../ui/time-fields.tsx';
import { SecondFactor } from './second-factor.tsx';
import { useZoned } from './zoned.ts';
import { Dialog, Section } from './kit/parts.tsx';
import { SaveBar, useSavedForm } from './kit/saved-form.tsx';

/** One's own name, language, password and digest. */
export function MePage() {
  const { t } = useTranslation();
  const me = useMe();
  const digest = useQuery({ queryKey: ['digest'], queryFn: () => answer(api.GET('/v1/me/digest')) });
  if (me === undefined || digest.isPending) return <Loading />;
  if (!digest.data || me.kind !== 'user') return <ErrorPanel error={digest.error} onRetry={() => { void digest.refetch(); }} />;
  return (
    <Page title={t('settings.places.me')} note={<>{me.user.email} · {t(`settings.roles.${me.user.role}`)}</>}>
      <About user={me.user} />
      <Password />
      <SecondFactor />
      <Digest digest={digest.data} />
    </Page>
  );
}

function About({ user }: { user: Api<'User'> }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm<{ name: string; language: Language | '' }>({
    initial: { name: user.name, language: user.language ?? '' },
    checks: { name: (value) => (value.trim() === '' ? t('settings.required') : null) },
    save: async ({ name, language }) => {
      const chosen = language === '' ? null : language;
      queries.setQueryData(['me'], await answer(api.PATCH('/v1/me', { body: { name, language: chosen } })));
      if (chosen !== null) await switchLanguage(chosen);
    },
  });
  return (
    <Section title={t('settings.me.about')}>
      <form onSubmit={submit} noValidate>
        <Stack maw={420}>
          <TextInput label={t('settings.name')} maxLength={200} autoComplete="name" {...form.getInputProps('name')} />
          <Select label={t('settings.me.language')} description={t('settings.me.languageHint')} allowDeselect={false} data={[{ value: '', label: t('settings.me.languageBrowser') }, { value: 'en', label: 'English' }, { value: 'ko', label: '한국어' }]} {...form.getInputProps('language')} />
          <SaveBar {...state} />
        </Stack>
      </form>
    </Section>
  );
}

function Password() {
  const { t } = useTranslation();
  const { form, submit, ...state } = useSavedForm({
    initial: { currentPassword: '', newPassword: '' },
    checks: { currentPassword: (value) => (value === '' ? t('settings.required') : null), newPassword: (value) => ([...value].length < 10 ? t('settings.me.passwordShort') : null) },
    save: async (body) => {
      await api.POST('/v1/me/password', { body });
      form.setValues({ currentPassword: '', newPassword: '' });
      form.resetDirty({ currentPassword: '', newPassword: '' });
    },
  });
  const toggle = { visibilityToggleButtonProps: { 'aria-label': t('settings.me.show') } };
  return (
    <Section title={t('settings.me.password')} hint={t('settings.me.passwordHint')}>
      <form onSubmit={submit} noValidate>
        <Stack maw={420}>
          <PasswordInput label={t('settings.me.current')} autoComplete="current-password" {...toggle} {...form.getInputProps('currentPassword')} />
          <PasswordInput label={t('settings.me.next')} description={t('settings.me.passwordRule')} autoComplete="new-password" {...toggle} {...form.getInputProps('newPassword')} />
          <SaveBar {...state} label={t('settings.me.changePassword')} />
        </Stack>
      </form>
    </Section>
  );
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

function Digest({ digest }: { digest: Api<'DigestView'> }) {
  const { t } = useTranslation();
  const zoned = useZoned();
  const queries = useQueryClient();
  const [isShown, setShown] = useState(false);
  const { form, submit, ...state } = useSavedForm<Omit<Api<'DigestSettings'>, 'language' | 'timeZone'> & { timeZone: string; language: Language | '' }>({
    initial: { cadence: digest.cadence, weekday: digest.weekday, at: digest.at, timeZone: digest.timeZone ?? '', language: digest.language ?? '', whenEmpty: digest.whenEmpty },
    save: async ({ timeZone, language, ...rest }) => {
      queries.setQueryData(['digest'], await answer(api.PUT('/v1/me/digest', { body: { ...rest, timeZone: timeZone === '' ? null : timeZone, language: language === '' ? null : language } })));
    },
  });
  const { cadence } = form.values;
  return (
    <Section title={t('settings.digest.title')} hint={t('settings.digest.hint')} actions={<Button variant="default" size="xs" onClick={() => { setShown(true); }}>{t('settings.digest.preview')}</Button>}>
      <form onSubmit={submit} noValidate>
        <Stack maw={520}>
          <Select label={t('settings.digest.cadence')} allowDeselect={false} data={(['off', 'daily', 'weekly'] as const).map((value) => ({ value, label: t(`settings.digest.cadences.${value}`) }))} {...form.getInputProps('cadence')} />
          {cadence !== 'off' && (
            <>
              <Group align="flex-end">
                {cadence === 'weekly' && <Select label={t('settings.digest.weekday')} allowDeselect={false} data={DAYS.map((value) => ({ value, label: t(`settings.digest.days.${value}`) }))} {...form.getInputProps('weekday')} />}
                <TimeField label={t('settings.digest.at')} {...form.getInputProps('at')} onChange={(at) => { form.setFieldValue('at', at); }} />
              </Group>
              <Select label={t('settings.digest.zone')} searchable limit={200} clearable clearButtonProps={{ 'aria-label': t('settings.clear') }} placeholder={t('settings.digest.asWorkspace')} data={Intl.supportedValuesOf('timeZone')} value={form.values.timeZone === '' ? null : form.values.timeZone} error={form.errors.timeZone} onChange={(zone) => { form.setFieldValue('timeZone', zone ?? ''); }} />
              <Select label={t('settings.digest.language')} allowDeselect={false} data={[{ value: '', label: t('settings.digest.asWorkspace') }, { value: 'en', label: 'English' }, { value: 'ko', label: '한국어' }]} {...form.getInputProps('language')} />
              <Switch label={t('settings.digest.whenEmpty')} {...form.getInputProps('whenEmpty', { type: 'checkbox' })} />
            </>
          )}
          <SaveBar {...state} />
          {digest.nextAt && <Text size="sm" c="dimmed">{t('settings.digest.next', { when: zoned(digest.nextAt, digest.timeZone) })}</Text>}
        </Stack>
      </form>
      {digest.sent.length > 0 && <Stack gap={2}><Text size="sm" fw={600}>{t('settings.digest.sent')}</Text>{digest.sent.map(({ to, state: of, answer: said }) => <Text key={to} size="sm">{zoned(to, digest.timeZone)} · {t(`settings.digest.states.${of}`)}{said && <Text span size="xs" c="dimmed"> {said}</Text>}</Text>)}</Stack>}
      <Dialog opened={isShown} onClose={() => { setShown(false); }} title={t('settings.digest.preview')} size="xl"><Preview /></Dialog>
    </Section>
  );
}

/** The mail as it would be sent now. Its markup runs nothing and asks nobody. */
function Preview() {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ['digest-preview'], queryFn: () => answer(api.GET('/v1/me/digest/preview')), staleTime: 0 });
  if (found.isPending) return <Loading rows={4} />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  return (
    <Stack>
      <Text fw={600}>{found.data.subject}</Text>
      {found.data.empty && <Text size="sm" c="dimmed">{t('settings.digest.empty')}</Text>}
      <Card withBorder padding={0}><iframe title={t('settings.digest.preview')} sandbox="" srcDoc={found.data.html} style={{ border: 0, width: '100%', height: 480, background: '#fff' }} /></Card>
    </Stack>
  );
}
