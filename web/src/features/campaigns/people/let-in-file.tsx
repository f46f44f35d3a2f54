import { Alert, Button, FileInput, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useReason } from '../../../lib/reasons.ts';
import { DataTable } from '../../../ui/data-table.tsx';
import { ErrorPanel } from '../../../ui/states.tsx';

/** Stands for the file: the same one goes on where it stopped, whoever sends it. */
async function keyOf(file: File): Promise<string> {
  // Without HTTPS browsers have no digests.
  if (!globalThis.crypto?.subtle) return encodeURIComponent(`${file.size}:${file.lastModified}:${file.name}`).slice(0, 100);
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const typeOf = ({ name }: File): string => (/\.(ndjson|jsonl)$/i.test(name) ? 'application/x-ndjson' : 'text/csv');

/** A colleague lets in the people of a file of any length. What was cut off is sent again and lets in nobody twice. */
export function LetInFile({ campaignId }: { campaignId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [request, setRequest] = useState('');
  const send = useMutation({
    mutationFn: async (given: File) => {
      const key = await keyOf(given);
      setRequest(key);
      // The body is the file itself, which the document of the API can only call a text.
      return answer(api.POST('/v1/campaigns/{id}/entry-files', { params: { path: { id: campaignId }, query: { name: given.name.normalize('NFC').slice(0, 200) }, header: { 'Idempotency-Key': key } }, body: given as never, bodySerializer: (body) => body as unknown as BodyInit, headers: { 'content-type': typeOf(given) } }));
    },
    onSettled: () => { void queries.invalidateQueries({ queryKey: ['campaign-people', campaignId] }); },
  });
  const progress = useQuery({ queryKey: ['entry-file', campaignId, request], queryFn: async () => (await answer(api.GET('/v1/campaigns/{id}/entry-files', { params: { path: { id: campaignId }, query: { request, limit: 1 } } }))).items[0] ?? null, enabled: request !== '' && send.isPending, refetchInterval: 1_000 });
  const far = send.data ?? progress.data;
  return (
    <Stack gap="sm">
      <FileInput label={t('campaignPeople.let.file')} description={t('campaignPeople.let.fileHint')} placeholder={t('campaignPeople.let.choose')} accept=".csv,.ndjson,.jsonl,text/csv" value={file} clearable disabled={send.isPending} clearButtonProps={{ 'aria-label': t('campaignPeople.let.clear') }} onChange={(next) => { setFile(next); setRequest(''); send.reset(); }} />
      {send.isPending && <Text size="sm" role="status">{t('campaignPeople.let.soFar', { rows: format.number(far?.received ?? 0) })}</Text>}
      {send.isError && <><ErrorPanel error={send.error} onRetry={() => { if (file) send.mutate(file); }} /><Text size="sm">{t('campaignPeople.let.goesOn')}</Text></>}
      {send.data && <Done file={send.data} />}
      <Group justify="flex-end"><Button loading={send.isPending} disabled={!file || send.data !== undefined} onClick={() => { if (file) send.mutate(file); }}>{t('campaignPeople.let.go')}</Button></Group>
    </Stack>
  );
}

function Done({ file }: { file: Api<'EntryFile'> }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  const isWhole = file.refused + file.rejected === 0;
  const faults = useQuery({ queryKey: ['entry-file-rows', file.id], queryFn: () => answer(api.GET('/v1/campaigns/{id}/entry-files/{file}/rows', { params: { path: { id: file.campaignId, file: file.id }, query: { limit: 100 } } })), enabled: !isWhole });
  const why = (code: string) => (i18n.exists(`campaignPeople.let.faults.${code.replace('.', '-')}`) ? t(`campaignPeople.let.faults.${code.replace('.', '-') as 'enter-invalid'}`) : reason(code));
  return (
    <>
      <Alert role="status" color={isWhole ? 'green' : 'orange'} title={t('campaignPeople.let.entered', { count: file.entered + file.repeated })}>
        {!isWhole && <Text size="sm">{t('campaignPeople.let.notIn', { refused: format.number(file.refused), rejected: format.number(file.rejected) })}</Text>}
      </Alert>
      {faults.data && faults.data.items.length > 0 && (
        <DataTable caption={t('campaignPeople.let.lines')} items={faults.data.items} keyOf={({ line }) => String(line)} columns={[
          { key: 'line', label: t('campaignPeople.let.line'), numeric: true, cell: ({ line }) => format.number(line) },
          { key: 'why', label: t('campaignPeople.let.why'), cell: ({ code, message }) => <><Text size="sm">{why(code)}</Text>{code === 'enter.invalid' && message && <Text size="xs" c="dimmed">{message}</Text>}</> },
        ]} />
      )}
      {faults.data?.next && <Text size="xs" c="dimmed">{t('campaignPeople.let.first', { count: 100 })}</Text>}
    </>
  );
}
