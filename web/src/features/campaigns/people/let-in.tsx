import { Alert, Button, Group, Modal, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../lib/api.ts';
import { useReason } from '../../../lib/reasons.ts';
import { ErrorPanel } from '../../../ui/states.tsx';
import { LetInFile } from './let-in-file.tsx';

const OURS = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const MOST = 5_000;
const idsIn = (text: string): string[] => [...new Set(text.split(/[\n,;\t]+/).map((id) => id.trim()).filter(Boolean))];

/** A colleague names who enters. The same request is sent again after a lost answer, and lets in nobody twice. */
export function LetIn({ campaignId, keyName }: { campaignId: string; keyName: string | undefined }) {
  const { t } = useTranslation();
  const reason = useReason();
  const queries = useQueryClient();
  const [opened, setOpened] = useState(false);
  const [by, setBy] = useState('ids');
  const [text, setText] = useState('');
  const [key, setKey] = useState('');
  const [request, setRequest] = useState(() => crypto.randomUUID());
  const ids = idsIn(text);
  const letIn = useMutation({
    mutationFn: () => answer(api.POST('/v1/campaigns/{id}/enter', { params: { path: { id: campaignId }, header: { 'Idempotency-Key': request } }, body: { people: ids.map((id) => ({ ...(OURS.test(id) ? { personId: id } : { externalId: id }), ...(key === '' ? {} : { key }) })) } })),
    onSuccess: () => { setRequest(crypto.randomUUID()); void queries.invalidateQueries({ queryKey: ['campaign-people', campaignId] }); },
  });
  const done = letIn.data;
  const close = () => { setOpened(false); setText(''); letIn.reset(); };
  const typed = () => { setRequest(crypto.randomUUID()); letIn.reset(); };
  return (
    <>
      <Button variant="light" onClick={() => { setOpened(true); }}>{t('campaignPeople.let.open')}</Button>
      <Modal opened={opened} onClose={close} title={t('campaignPeople.let.title')} closeButtonProps={{ 'aria-label': t('confirm.close') }}>
        <SegmentedControl fullWidth mb="sm" aria-label={t('campaignPeople.let.by')} value={by} onChange={setBy} data={[{ value: 'ids', label: t('campaignPeople.let.ids') }, { value: 'file', label: t('campaignPeople.let.byFile') }]} />
        {by === 'file' ? <LetInFile campaignId={campaignId} /> : <Stack gap="sm">
          <Textarea label={t('campaignPeople.let.which')} description={t('campaignPeople.let.hint')} value={text} minRows={5} autosize maxRows={12} onChange={(event) => { setText(event.currentTarget.value); typed(); }} />
          {keyName !== undefined && <TextInput label={`${t('campaignPeople.let.key')} (${keyName})`} value={key} maxLength={256} onChange={(event) => { setKey(event.currentTarget.value); typed(); }} />}
          {letIn.isError && <ErrorPanel error={letIn.error} onRetry={() => { letIn.mutate(); }} />}
          {done && (
            <Alert role="status" color={done.refused.length + done.rejected.length > 0 ? 'orange' : 'green'} title={t('campaignPeople.let.entered', { count: done.entered + done.repeated })}>
              {done.refused.length > 0 && <Text size="sm">{t('campaignPeople.let.refused', { count: done.refused.length, why: [...new Set(done.refused.map(({ code }) => reason(code)))].join(', ') })}</Text>}
              {done.rejected.length > 0 && <Text size="sm">{t('campaignPeople.let.rejected', { ids: done.rejected.slice(0, 20).map(({ index }) => ids[index]).join(', ') })}</Text>}
            </Alert>
          )}
          <Group justify="flex-end"><Button loading={letIn.isPending} disabled={ids.length === 0 || ids.length > MOST || done !== undefined} onClick={() => { letIn.mutate(); }}>{t('campaignPeople.let.go')}</Button></Group>
        </Stack>}
      </Modal>
    </>
  );
}
