import { Alert, Button, Group, Progress, Stack, Tabs, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { copyAsFile } from '../../lib/copy-file.ts';
import { useFormat } from '../../lib/format.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { ConfirmButton, TYPED_FROM } from '../../ui/confirm.tsx';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import type { Node } from './builder/draft.ts';
import { Explain } from './explain.tsx';
import { Growth } from './growth.tsx';
import { Members } from './members.tsx';
import { SegmentEditor } from './segment-editor.tsx';
import { TABS, type Tab } from './segment-search.ts';

const route = getRouteApi('/segments/$id');

/** One segment: its sentence to change, who is in it, how it grew, and why somebody is in it or not. */
export function SegmentPage() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { id } = route.useParams();
  const { tab = 'who', person } = route.useSearch();
  const navigate = route.useNavigate();
  const found = useQuery({ queryKey: ['segment', id], queryFn: () => answer(api.GET('/v1/segments/{id}', { params: { path: { id } } })), refetchInterval: ({ state }) => (state.data?.state === 'building' ? 1_000 : false) });
  if (found.isPending) return <Loading rows={8} />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const { name, sentence, state, memberCount } = found.data;
  const count = state === 'live' || memberCount > 0 ? t('segments.people', { count: memberCount }) : t(`segments.state.${state}`);
  return (
    <Page title={name} note={<><TextLink to="/segments" underline="always">{t('segments.title')}</TextLink> · {count} · {t('segments.changed', { when: format.ago(found.data.updatedAt) })}</>} actions={<Group gap="xs"><Duplicate segment={found.data} /><Archive segment={found.data} /></Group>}>
      <Text>{i18n.language === 'ko' ? sentence.ko : sentence.en}</Text>
      <Building segment={found.data} />
      <UsedIn id={id} />
      <Tabs value={tab} keepMounted={false} onChange={(next) => { void navigate({ search: { tab: next === 'who' ? undefined : (next as Tab), person }, replace: true }); }}>
        <Tabs.List mb="md">{TABS.map((one) => <Tabs.Tab key={one} value={one}>{t(`segments.tab.${one}`)}</Tabs.Tab>)}</Tabs.List>
        <Tabs.Panel value="who"><SegmentEditor key={id} segment={found.data} onSaved={() => { void found.refetch(); }} /></Tabs.Panel>
        <Tabs.Panel value="people"><Members id={id} /></Tabs.Panel>
        <Tabs.Panel value="growth"><Growth id={id} /></Tabs.Panel>
        <Tabs.Panel value="explain"><Explain id={id} person={person} onPerson={(next) => { void navigate({ search: { tab: 'explain', person: next }, replace: true }); }} /></Tabs.Panel>
      </Tabs>
    </Page>
  );
}

/** How far a build is, which can be cancelled; why one failed. */
function Building({ segment }: { segment: Api<'Segment'> }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  const canEdit = mayEdit(useMe());
  const [refusal, setRefusal] = useState('');
  if (segment.state === 'failed' || segment.problem) return <Alert color="red" title={t('segments.failed')}>{segment.problem}</Alert>;
  if (!segment.progress) return null;
  const { done, total } = segment.progress;
  const cancel = async () => {
    try {
      const { segment: left } = await answer(api.DELETE('/v1/segments/{id}/build', { params: { path: { id: segment.id } } }));
      void queries.invalidateQueries({ queryKey: ['segments'] });
      if (left) queries.setQueryData(['segment', segment.id], left);
      else void navigate({ to: '/segments' });
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : '');
    }
  };
  return (
    <Alert color="blue" variant="default" title={t('segments.building')}>
      <Stack gap="xs">
        <Text size="sm">{total === null ? t('segments.buildingSoon') : t('segments.buildingOf', { done, total })}</Text>
        <Progress value={total ? (done / total) * 100 : 0} aria-label={t('segments.building')} />
        {canEdit && <Group gap="sm"><Button size="xs" variant="default" onClick={() => { void cancel(); }}>{t('segments.cancelBuild')}</Button>{refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}</Group>}
      </Stack>
    </Alert>
  );
}

function UsedIn({ id }: { id: string }) {
  const { t } = useTranslation();
  const uses = useQuery({ queryKey: ['segment-uses', id], queryFn: () => answer(api.GET('/v1/segments/{id}/uses', { params: { path: { id } } })) });
  if (!uses.data) return null;
  if (uses.data.items.length === 0) return <Text size="sm" c="dimmed">{t('segments.unused')}</Text>;
  return <Group gap="xs" component="section" aria-label={t('segments.usedIn')}><Text size="sm" c="dimmed">{t('segments.usedIn')}</Text>{uses.data.items.map((use) => <TextLink key={use.id} size="sm" underline="always" to={use.kind === 'campaign' ? '/campaigns/$id' : '/segments/$id'} params={{ id: use.id }}>{use.name}</TextLink>)}</Group>;
}

/** The same sentence under another name, to change from there; or as a file, for another Danbi. */
function Duplicate({ segment }: { segment: Api<'Segment'> }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  const canEdit = mayEdit(useMe());
  const [note, setNote] = useState('');
  const [refusal, setRefusal] = useState('');
  if (!canEdit) return null;
  const duplicate = async () => {
    setRefusal('');
    try {
      const copy = await answer(api.POST('/v1/segments', { body: { name: t('segments.copyName', { name: segment.name.slice(0, 180) }), description: segment.description, definition: segment.definition as Node } }));
      void queries.invalidateQueries({ queryKey: ['segments'] });
      await navigate({ to: '/segments/$id', params: { id: copy.id }, search: {} });
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : '');
    }
  };
  const copy = async () => {
    setRefusal('');
    try {
      await copyAsFile('segment', segment.id);
      setNote(t('segments.copiedFile'));
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : '');
    }
  };
  return (
    <>
      {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
      {note && <Text size="sm" c="dimmed" role="status">{note}</Text>}
      <Button variant="default" onClick={() => { void copy(); }}>{t('segments.copyFile')}</Button>
      <Button variant="default" onClick={() => { void duplicate(); }}>{t('segments.duplicate')}</Button>
    </>
  );
}

function Archive({ segment }: { segment: Api<'Segment'> }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  const canEdit = mayEdit(useMe());
  if (!canEdit) return null;
  const archive = async () => {
    await api.POST('/v1/segments/{id}/archive', { params: { path: { id: segment.id } } });
    void queries.invalidateQueries({ queryKey: ['segments'] });
    await navigate({ to: '/segments' });
  };
  return <ConfirmButton title={t('segments.archiveTitle', { name: segment.name })} action={t('segments.archive')} typed={segment.memberCount > TYPED_FROM ? String(segment.memberCount) : null} onConfirm={archive}>{t('segments.archiveText', { count: segment.memberCount })}</ConfirmButton>;
}
