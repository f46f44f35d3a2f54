import { Alert, Badge, Button, Code, Group, List, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { ActButton, CopyLine, Dialog, Section } from '../kit/parts.tsx';
import { RemoveButton } from '../kit/removal.tsx';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';
import { ProofFields, proofOf, SecretField } from './source-form.tsx';

type Source = Api<'Source'>;

/** Reads a source again after a change of it. */
function useAgain() {
  const queries = useQueryClient();
  return async (call: Promise<unknown>) => { await call; await Promise.all(['sources', 'source'].map((key) => queries.invalidateQueries({ queryKey: [key] }))); };
}

/** The address to paste, the secrets, and whether it is heard. */
export function SourceSetup({ source }: { source: Source }) {
  const { t } = useTranslation();
  const format = useFormat();
  const again = useAgain();
  const navigate = useNavigate();
  const { id, name, kind, url, enabled, lastAt, refusedCount, lastRefusedAt, lastRefusedReason } = source;
  const path = { params: { path: { id } } };
  const remove = async () => { await api.DELETE('/v1/sources/{id}', path); await navigate({ to: '/settings/sources' }); await again(Promise.resolve()); };
  return (
    <Stack>
      <Section title={t('sources.address')} hint={t('sources.addressHint')}>
        <CopyLine text={url} name={t('sources.address')} />
        <List type="ordered" size="sm">{([1, 2, 3] as const).map((step) => <List.Item key={step}>{t(`sources.steps.${kind}.${step}`)}</List.Item>)}</List>
        <Text size="xs" c="dimmed">{lastAt ? t('sources.lastHeard', { when: format.ago(lastAt) }) : t('sources.neverHeard')}</Text>
        {refusedCount > 0 && <Alert color="orange" variant="light" title={t('sources.refused', { count: refusedCount })}>{lastRefusedAt && format.instant(lastRefusedAt)}{lastRefusedReason && ` · ${t(`sources.reasons.${lastRefusedReason}`)}`}</Alert>}
      </Section>
      <Secrets source={source} />
      <Section title={t('sources.about')} actions={(
        <Group gap={6}>
          <ActButton label={t(enabled ? 'settings.switchOff' : 'settings.switchOn')} onAct={() => again(api.PATCH('/v1/sources/{id}', { ...path, body: { enabled: !enabled } }))} />
          <RemoveButton title={t('settings.removeOf', { name })} name={t('settings.removeOf', { name })} text={t('sources.removeText')} onRemove={remove} />
        </Group>
      )}><About source={source} /></Section>
    </Stack>
  );
}

function About({ source }: { source: Source }) {
  const { t } = useTranslation();
  const again = useAgain();
  const { id, name, kind, proof } = source;
  const { form, submit, ...state } = useSavedForm({
    initial: { name, proof: proof.kind, header: proof.kind === 'hmac' ? String(proof.header) : 'x-signature', encoding: proof.kind === 'hmac' ? proof.encoding : 'hex' as const }, places: { 'proof.header': 'header' },
    checks: { name: (value) => (value.trim() === '' ? t('settings.required') : null) },
    save: (values) => again(api.PATCH('/v1/sources/{id}', { params: { path: { id } }, body: { name: values.name, ...(kind === 'json' ? { proof: proofOf(values) } : {}) } as never })),
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput label={t('settings.name')} maxLength={200} {...form.getInputProps('name')} />
        {kind === 'json' && <ProofFields proof={form.values.proof} kind={form.getInputProps('proof')} header={form.getInputProps('header')} encoding={form.getInputProps('encoding')} />}
        <SaveBar {...state} />
      </Stack>
    </form>
  );
}

/** At most two, the old one and the one that replaces it; none is ever shown again. */
function Secrets({ source }: { source: Source }) {
  const { t } = useTranslation();
  const format = useFormat();
  const again = useAgain();
  const [isAdding, setAdding] = useState(false);
  const { id, kind, proof, secrets } = source;
  if (kind === 'json' && proof.kind === 'address') return <Section title={t('sources.secrets')}><Alert color="orange" variant="light">{t('sources.proofHints.address')}</Alert></Section>;
  return (
    <Section title={t('sources.secrets')} hint={t('sources.secretsHint')} actions={secrets.length < 2 && <Button size="xs" variant="default" onClick={() => { setAdding(true); }}>{t('sources.addSecret')}</Button>}>
      {secrets.some(({ lost }) => lost) && <Alert color="red" title={t('sources.secretLost')} role="alert">{t('sources.secretLostHint')}</Alert>}
      {secrets.length === 0 && <Alert color={source.asks ? 'gray' : 'red'} variant="light">{t(source.asks ? 'sources.noSecretNeeded' : 'sources.noSecret')}</Alert>}
      {secrets.map((secret) => (
        <Group key={secret.id} gap="xs">
          <Code>{secret.hint}</Code>{secret.lost && <Badge variant="light" color="red">{t('sources.states.lost')}</Badge>}<Text size="xs" c="dimmed">{t('settings.made', { when: format.day(secret.addedAt) })}</Text>
          <RemoveButton title={t('settings.removeOf', { name: secret.hint })} name={t('settings.removeOf', { name: secret.hint })} text={t('sources.secretGone')} onRemove={() => again(api.DELETE('/v1/sources/{id}/secrets/{secretId}', { params: { path: { id, secretId: secret.id } } }))} />
        </Group>
      ))}
      <Dialog opened={isAdding} onClose={() => { setAdding(false); }} title={t('sources.addSecret')}><AddSecret source={source} onDone={() => { setAdding(false); }} /></Dialog>
    </Section>
  );
}

function AddSecret({ source: { id, kind }, onDone }: { source: Source; onDone(): void }) {
  const { t } = useTranslation();
  const again = useAgain();
  const { form, submit, ...state } = useSavedForm({
    initial: { secret: '' }, inDialog: true, checks: { secret: (value) => (value.trim() === '' ? t('settings.required') : null) },
    save: async ({ secret }) => { await again(answer(api.POST('/v1/sources/{id}/secrets', { params: { path: { id } }, body: { secret: secret.trim() } }))); onDone(); },
  });
  return <form onSubmit={submit} noValidate><Stack><SecretField kind={kind} input={form.getInputProps('secret')} onMake={null} /><SaveBar {...state} onCancel={onDone} /></Stack></form>;
}
