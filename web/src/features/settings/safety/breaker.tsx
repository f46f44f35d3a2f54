import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { mayEdit, useMe } from '../../../lib/me.ts';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { Dialog, Section, useAct } from '../kit/parts.tsx';

type Breaker = Api<'WorkspaceBreaker'>;
const KEY = ['breaker'];

/** Whether everything but transactional campaigns is held, since when and why; the switch for it. */
export function BreakerSection() {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: KEY, queryFn: () => answer(api.GET('/v1/breaker')), refetchInterval: 15_000 });
  return (
    <Section title={t('safety.settings.now')}>
      {found.isPending ? <Loading rows={1} /> : found.data ? <BreakerState breaker={found.data} /> : <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />}
    </Section>
  );
}

function BreakerState({ breaker }: { breaker: Breaker }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const canEdit = mayEdit(useMe());
  const { busy, refusal, act } = useAct();
  const [asking, setAsking] = useState(false);
  const took = (next: Breaker) => { queries.setQueryData(KEY, next); void queries.invalidateQueries({ queryKey: ['home'] }); };
  const close = () => act(async () => { took(await answer(api.POST('/v1/breaker/close'))); });
  if (breaker.state === 'closed') {
    return (
      <Stack gap="xs" align="flex-start">
        <Text size="sm" role="status">{t('safety.settings.closed')}</Text>
        {canEdit && <Button color="red" variant="default" onClick={() => { setAsking(true); }}>{t('safety.settings.openNow')}</Button>}
        <Dialog opened={asking} onClose={() => { setAsking(false); }} title={t('safety.settings.openTitle')}><OpenForm onDone={(next) => { setAsking(false); if (next) took(next); }} /></Dialog>
      </Stack>
    );
  }
  return (
    <Alert color="orange" title={t('safety.settings.open')}>
      <Stack gap="xs" align="flex-start">
        {breaker.reason && <Text size="sm">{i18n.language === 'ko' ? breaker.reason.text.ko : breaker.reason.text.en}</Text>}
        {breaker.at && <Text size="sm">{t('safety.settings.since', { at: format.instant(breaker.at), name: breaker.byName ?? t('safety.settings.system') })} {breaker.closesAt && t('safety.settings.closes', { at: format.instant(breaker.closesAt) })}</Text>}
        {canEdit && <Button loading={busy} onClick={() => { void close(); }}>{t('safety.settings.close')}</Button>}
        {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
      </Stack>
    </Alert>
  );
}

function OpenForm({ onDone }: { onDone(next: Breaker | null): void }) {
  const { t } = useTranslation();
  const { busy, refusal, act } = useAct();
  const [note, setNote] = useState('');
  const open = () => act(async () => { onDone(await answer(api.POST('/v1/breaker/open', { body: { note } }))); });
  return (
    <form onSubmit={(event) => { event.preventDefault(); void open(); }}>
      <Stack>
        <Text size="sm">{t('safety.settings.openText')}</Text>
        <Textarea data-autofocus label={t('safety.settings.openNote')} maxLength={500} autosize minRows={2} value={note} onChange={(event) => { setNote(event.currentTarget.value); }} />
        {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
        <Group justify="flex-end"><Button variant="default" onClick={() => { onDone(null); }}>{t('confirm.cancel')}</Button><Button color="red" type="submit" loading={busy}>{t('safety.settings.openNow')}</Button></Group>
      </Stack>
    </form>
  );
}
