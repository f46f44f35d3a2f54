import { Button, Card, FileInput, Group, Progress, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useList } from '../../lib/lists.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/page.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../ui/states.tsx';

/** Files of people: sent, read in the background, with what was refused and why. */
export function ImportPage() {
  const { t } = useTranslation();
  const canEdit = mayEdit(useMe());
  return (
    <Page title={t('people.import.title')} note={<TextLink to="/people" underline="always">{t('people.title')}</TextLink>}>
      {canEdit && <Send />}
      <Imports canEdit={canEdit} />
    </Page>
  );
}

function Send() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [tags, setTags] = useState('');
  const [dryRun, setDryRun] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState('');
  const send = async () => {
    if (!file) { setRefusal(t('people.import.needFile')); return; }
    setBusy(true);
    setRefusal('');
    try {
      const query = { fileName: file.name.normalize('NFC'), ...(dryRun ? { dryRun: 'true' } : {}), ...(tags.trim() ? { tags: tags.trim() } : {}) };
      // The body is the file itself, which the document of the API can only call a text.
      await api.POST('/v1/imports/people', { params: { query: query as never }, body: file as never, bodySerializer: (body) => body as unknown as BodyInit, headers: { 'content-type': 'text/csv' } });
      setFile(null);
      await queries.invalidateQueries({ queryKey: ['imports'] });
    } catch (error) {
      setRefusal(error instanceof ApiProblem ? error.message : t('state.failed'));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card withBorder component="form" onSubmit={(event) => { event.preventDefault(); void send(); }}>
      <Stack gap="sm">
        <Text size="sm">{t('people.import.hint')}</Text>
        <FileInput label={t('people.import.file')} placeholder={t('people.import.choose')} accept=".csv,.gz,text/csv" value={file} onChange={setFile} clearable clearButtonProps={{ 'aria-label': t('people.import.clear') }} />
        <TextInput label={t('people.import.tags')} value={tags} maxLength={2000} onChange={(event) => { setTags(event.currentTarget.value); }} />
        <Switch label={t('people.import.dryRun')} checked={dryRun} onChange={(event) => { setDryRun(event.currentTarget.checked); }} />
        {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
        <Group><Button type="submit" loading={busy}>{t('people.import.start')}</Button></Group>
      </Stack>
    </Card>
  );
}

const isUnderWay = ({ state }: Api<'Import'>) => state === 'queued' || state === 'running';

function Imports({ canEdit }: { canEdit: boolean }) {
  const { t } = useTranslation();
  const { query, items, more } = useList(['imports'], (after) => answer(api.GET('/v1/imports', { params: { query: { limit: 20, ...(after ? { after } : {}) } } })), (found) => (found.some(isUnderWay) ? 1_000 : false));
  if (query.isPending) return <Loading />;
  if (query.isError && items.length === 0) return <ErrorPanel error={query.error} onRetry={() => { void query.refetch(); }} />;
  if (items.length === 0) return <EmptyState title={t('people.import.empty')} hint={t('people.import.emptyHint')} />;
  return <Stack gap="sm" component="section" aria-label={t('people.import.list')}>{items.map((one) => <Import key={one.id} run={one} canEdit={canEdit} />)}{more && <Button variant="default" w="fit-content" loading={more.busy} onClick={more.load}>{t('state.more')}</Button>}</Stack>;
}

function Import({ run, canEdit }: { run: Api<'Import'>; canEdit: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [refusal, setRefusal] = useState('');
  const cancel = async () => {
    try {
      await api.POST('/v1/imports/{id}/cancel', { params: { path: { id: run.id } } });
      await queries.invalidateQueries({ queryKey: ['imports'] });
    } catch (error) {
      setRefusal(error instanceof ApiProblem ? error.message : t('state.failed'));
    }
  };
  const { rows, bytes, state, problem } = run;
  return (
    <Card withBorder padding="sm">
      <Stack gap={6}>
        <Group justify="space-between"><Text fw={600} size="sm">{run.fileName ?? t(`people.import.kinds.${run.kind}`)}</Text><Text size="sm">{t(`people.import.states.${state}`)}{run.dryRun && ` · ${t('people.import.dry')}`}</Text></Group>
        {isUnderWay(run) && <Progress value={bytes.total > 0 ? (bytes.done / bytes.total) * 100 : 0} aria-label={t('people.import.progress')} />}
        <Text size="sm" c="dimmed" component="output">{t('people.import.rows', rows)} · {format.instant(run.createdAt)}</Text>
        {problem && <Text size="sm" c="red">{problem.path && `${problem.path}: `}{problem.message}</Text>}
        {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
        {canEdit && <Group gap="xs">
          {isUnderWay(run) && <Button size="xs" variant="default" onClick={() => { void cancel(); }}>{t('people.import.cancel')}</Button>}
          {rows.rejected > 0 && <Button size="xs" variant="default" component="a" href={`/v1/imports/${run.id}/rejections.csv`} download>{t('people.import.rejections', { count: rows.rejected })}</Button>}
        </Group>}
      </Stack>
    </Card>
  );
}
