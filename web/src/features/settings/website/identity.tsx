import { Alert, Badge, Button, Code, Group, Radio, Select, Stack, Tabs, TagsInput, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { isOwner, useMe } from '../../../lib/me.ts';
import { DataTable } from '../../../ui/data-table.tsx';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { CopyLine, Dialog, OnceSecret, OwnersNote, Section, type Secret } from '../kit/parts.tsx';
import { RemoveButton } from '../kit/removal.tsx';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';
import { EXAMPLES } from './examples.ts';

type Verification = Api<'IdentityVerification'>;

/** Whether browsers must prove who their user is. */
export function Identity() {
  const { t } = useTranslation();
  const me = useMe();
  if (!isOwner(me)) return <OwnersNote text={t('settings.ownersSee')} />;
  return <Verify />;
}

function Verify() {
  const found = useQuery({ queryKey: ['identity-verification'], queryFn: () => answer(api.GET('/v1/identity-verification')) });
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  return <Stack gap="lg"><Secrets secrets={found.data.secrets} /><Mode verification={found.data} /><Examples /><Unproven /></Stack>;
}

function Mode({ verification }: { verification: Verification }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm({
    initial: { mode: verification.mode, protectedTraits: verification.protectedTraits },
    save: async (body) => { queries.setQueryData(['identity-verification'], await answer(api.PUT('/v1/identity-verification', { body }))); },
  });
  return (
    <Section title={t('website.identity.title')} hint={t('website.identity.hint')}>
      {verification.remarks.map(({ code, message, messageKo }) => <Alert key={code} color="orange" variant="light">{i18n.language === 'ko' ? messageKo : message}</Alert>)}
      <form onSubmit={submit} noValidate>
        <Stack maw={640}>
          <Radio.Group label={t('website.identity.mode')} {...form.getInputProps('mode')}><Stack gap="xs" mt="xs">{(['off', 'warn', 'enforce'] as const).map((value) => <Radio key={value} value={value} label={t(`website.identity.modes.${value}`)} description={t(`website.identity.modeHints.${value}`)} />)}</Stack></Radio.Group>
          <TagsInput label={t('website.identity.protected')} description={t('website.identity.protectedHint')} acceptValueOnBlur {...form.getInputProps('protectedTraits')} />
          <SaveBar {...state} />
        </Stack>
      </form>
    </Section>
  );
}

function Secrets({ secrets }: { secrets: Verification['secrets'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [isMaking, setMaking] = useState(false);
  const [shown, setShown] = useState<Secret | null>(null);
  const revoke = async (id: string) => { await api.DELETE('/v1/identity-verification/secrets/{id}', { params: { path: { id } } }); await queries.invalidateQueries({ queryKey: ['identity-verification'] }); };
  const done = (made: Api<'IdentitySecretCreated'> | null) => {
    setMaking(false);
    if (made?.value) setShown({ title: made.secret.name, name: t('website.identity.secret'), value: made.value, hint: t('website.identity.once') });
  };
  return (
    <Section title={t('website.identity.secrets')} hint={t('website.identity.secretsHint')} actions={<Button variant="default" onClick={() => { setMaking(true); }}>{t('website.identity.new')}</Button>}>
      {secrets.length === 0 && <Text size="sm" c="dimmed">{t('website.identity.none')}</Text>}
      {secrets.map(({ id, kind, name, hint, createdAt, revokedAt }) => (
        <Group key={id} gap="sm">
          <Text size="sm" fw={600}>{name}</Text><Text size="sm">{t(`website.identity.kinds.${kind}`)}</Text><Code>…{hint}</Code><Text size="xs" c="dimmed">{t('settings.made', { when: format.day(createdAt) })}</Text>
          {revokedAt ? <Badge variant="light" color="red">{t('settings.keys.revoked', { when: format.day(revokedAt) })}</Badge> : <RemoveButton action={t('settings.keys.revoke')} name={t('settings.keys.revokeOf', { name })} title={t('settings.keys.revokeOf', { name })} text={t('website.identity.revokeText')} onRemove={() => revoke(id)} />}
        </Group>
      ))}
      <Dialog opened={isMaking} onClose={() => { setMaking(false); }} title={t('website.identity.new')}><NewSecret onDone={done} /></Dialog>
      <OnceSecret secret={shown} onClose={() => { setShown(null); }} />
    </Section>
  );
}

type Values = { kind: 'shared' | 'ed25519'; name: string; publicKey: string };

function NewSecret({ onDone }: { onDone(made: Api<'IdentitySecretCreated'> | null): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm<Values>({
    initial: { kind: 'shared', name: '', publicKey: '' }, inDialog: true,
    checks: { name: (value) => (value.trim() === '' ? t('settings.required') : null) },
    save: async ({ kind, name, publicKey }) => {
      const made = await answer(api.POST('/v1/identity-verification/secrets', { body: kind === 'shared' ? { kind, name } : { kind, name, publicKey } }));
      void queries.invalidateQueries({ queryKey: ['identity-verification'] });
      onDone(made);
    },
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput data-autofocus label={t('settings.name')} maxLength={200} {...form.getInputProps('name')} />
        <Select label={t('website.identity.kind')} allowDeselect={false} data={(['shared', 'ed25519'] as const).map((value) => ({ value, label: t(`website.identity.kinds.${value}`) }))} {...form.getInputProps('kind')} />
        {form.values.kind === 'ed25519' && <Textarea label={t('website.identity.publicKey')} placeholder="-----BEGIN PUBLIC KEY-----" autosize minRows={4} {...form.getInputProps('publicKey')} />}
        <SaveBar {...state} label={t('website.identity.make')} onCancel={() => { onDone(null); }} />
      </Stack>
    </form>
  );
}

function Examples() {
  const { t } = useTranslation();
  return (
    <Section title={t('website.identity.examples')} hint={t('website.identity.examplesHint')}>
      <Tabs defaultValue={EXAMPLES[0].key} keepMounted={false}>
        <Tabs.List mb="sm">{EXAMPLES.map(({ key, name }) => <Tabs.Tab key={key} value={key}>{name}</Tabs.Tab>)}</Tabs.List>
        {EXAMPLES.map(({ key, name, code }) => <Tabs.Panel key={key} value={key}><CopyLine block text={code} name={name} /></Tabs.Panel>)}
      </Tabs>
    </Section>
  );
}

function Unproven() {
  const { t } = useTranslation();
  const format = useFormat();
  const found = useQuery({ queryKey: ['unproven'], queryFn: async () => (await answer(api.GET('/v1/identity-verification/unproven', { params: { query: { limit: 50 } } }))).items });
  if (found.isPending) return <Loading rows={2} />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  return (
    <Section bare title={t('website.identity.unproven')} hint={t('website.identity.unprovenHint')}>
      {found.data.length === 0 ? <Text size="sm" c="dimmed">{t('website.identity.noUnproven')}</Text> : (
        <DataTable caption={t('website.identity.unproven')} items={found.data} keyOf={({ day, keyId, origin, reason }) => `${day} ${keyId} ${origin} ${reason}`} columns={[
          { key: 'last', label: t('website.identity.last'), cell: ({ lastAt }) => format.instant(lastAt) },
          { key: 'origin', label: t('website.identity.origin'), cell: ({ origin }) => origin || t('state.none') },
          { key: 'reason', label: t('website.identity.reason'), cell: ({ reason }) => t(`website.identity.faults.${reason}`) },
          { key: 'user', label: t('website.identity.user'), cell: ({ lastUser }) => lastUser },
          { key: 'seen', label: t('website.identity.seen'), numeric: true, cell: ({ seen }) => format.number(seen) },
        ]} />
      )}
    </Section>
  );
}
