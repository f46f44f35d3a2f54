import { Badge, Button, Card, Group, Radio, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { TextLink } from '../../../ui/links.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import { useMe } from '../../../lib/me.ts';
import { useColleague } from '../../segments/colleague.ts';
import { useDraft } from '../draft/draft-context.tsx';
import type { Campaign } from '../draft/draft-port.ts';
import { useMigrations } from '../launch/migration-progress.tsx';
import { Changes, useVersion } from './version-diff.tsx';

const route = getRouteApi('/campaigns/$id/history');
type Version = Api<'CampaignVersionList'>['items'][number];

/** What was published, by whom, and what changed from one to another; the draft is the newest state. Which two are compared is in the address. */
export function HistoryPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const { campaign } = useDraft();
  const versions = useQuery({ queryKey: ['versions', id], queryFn: () => answer(api.GET('/v1/campaigns/{id}/versions', { params: { path: { id } } })) });
  if (versions.isPending) return <Loading />;
  if (!versions.data) return <ErrorPanel error={versions.error} onRetry={() => { void versions.refetch(); }} />;
  const { items } = versions.data;
  if (items.length === 0) return <EmptyState title={t('history.empty')} hint={t('history.emptyHint')} />;
  return <Compared campaign={campaign} items={items} />;
}

function Compared({ campaign, items }: { campaign: Campaign; items: Version[] }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const search = route.useSearch();
  const migrations = useMigrations(campaign);
  const { id } = campaign;
  const current = campaign.currentVersion?.number ?? null;
  const from = search.from ?? current ?? items[0]!.number;
  const to = search.to ?? null;
  const set = (change: { from?: number; to?: number | undefined }) => { void navigate({ search: { ...search, ...change }, replace: true }); };
  return (
    <Stack gap="lg">
      <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': t('history.title') } }}>
        <Table verticalSpacing="sm">
          <Table.Thead><Table.Tr><Table.Th scope="col">{t('history.version')}</Table.Th><Table.Th scope="col">{t('history.published')}</Table.Th><Table.Th scope="col" ta="right">{t('history.people')}</Table.Th><Table.Th scope="col">{t('history.before')}</Table.Th><Table.Th scope="col">{t('history.after')}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            <Table.Tr>
              <Table.Td fw={600}>{t('history.draft')}</Table.Td><Table.Td c="dimmed">{t('history.draftHint')}</Table.Td><Table.Td ta="right">{t('state.none')}</Table.Td><Table.Td />
              <Table.Td><Radio aria-label={t('history.toDraft')} name="to" checked={to === null} onChange={() => { set({ to: undefined }); }} /></Table.Td>
            </Table.Tr>
            {items.map((version) => <Row key={version.id} id={id} version={version} moved={migrations.find((one) => one.version === version.number)} isLive={version.number === current} from={from} to={to} onFrom={() => { set({ from: version.number }); }} onTo={() => { set({ to: version.number }); }} />)}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Comparison id={id} from={from} to={to} />
    </Stack>
  );
}

function Row({ id, version, moved, isLive, from, to, onFrom, onTo }: { id: string; version: Version; /** What became of people on earlier versions. */ moved: Api<'CampaignMigration'> | undefined; isLive: boolean; from: number; to: number | null; onFrom(): void; onTo(): void }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const colleague = useColleague(version.publishedBy);
  const who = me?.kind === 'user' && version.publishedBy === `user:${me.user.id}` ? t('history.you') : colleague;
  const { number } = version;
  return (
    <Table.Tr>
      <Table.Td><Group gap="xs" wrap="nowrap"><Text fw={600}>{number}</Text>{isLive && <Badge variant="light" color="green">{t('history.newest')}</Badge>}</Group></Table.Td>
      <Table.Td>{t('history.by', { who, when: format.instant(version.publishedAt) })}{moved && <Text size="sm" c="dimmed">{i18n.language === 'ko' ? moved.sentence.ko : moved.sentence.en}</Text>}</Table.Td>
      <Table.Td ta="right"><TextLink to="/campaigns/$id/people" params={{ id }} search={{ state: 'active' }} underline="always">{format.number(version.activeEnrollments)}</TextLink></Table.Td>
      <Table.Td><Radio aria-label={t('history.fromVersion', { number })} name="from" checked={from === number} onChange={onFrom} /></Table.Td>
      <Table.Td><Radio aria-label={t('history.toVersion', { number })} name="to" checked={to === number} onChange={onTo} /></Table.Td>
    </Table.Tr>
  );
}

function Comparison({ id, from, to }: { id: string; from: number; to: number | null }) {
  const { t } = useTranslation();
  const { definition } = useDraft();
  const before = useVersion(id, from);
  const after = useVersion(id, to);
  if (before.isPending || (to !== null && after.isPending)) return <Loading rows={3} />;
  if (!before.data || (to !== null && !after.data)) return <ErrorPanel error={before.error ?? after.error} />;
  const title = to === null ? t('history.compareDraft', { from }) : t('history.compare', { from, to });
  return (
    <Card withBorder component="section" aria-label={title}>
      <Stack gap="sm">
        <Title order={2} size="h5">{title}</Title>
        <Changes before={{ name: null, definition: before.data.definition }} after={{ name: null, definition: to === null ? definition : after.data!.definition }} />
        <Restore number={from} definition={before.data.definition} />
      </Stack>
    </Card>
  );
}

/** Makes an earlier version the draft: a change like any other, saved by itself and taken back by undo. */
function Restore({ number, definition }: { number: number; definition: Api<'CampaignDefinition'> }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { change, undo, readOnly, campaign } = useDraft();
  const [done, setDone] = useState(false);
  if (readOnly) return null;
  if (done) {
    return (
      <Group gap="sm" role="status">
        <Text size="sm">{t('history.restored', { number })}</Text>
        <Button size="xs" variant="default" onClick={() => { undo(); setDone(false); }}>{t('history.undo')}</Button>
        <Button size="xs" variant="default" onClick={() => { void navigate({ to: '/campaigns/$id', params: { id: campaign.id } }); }}>{t('history.look')}</Button>
      </Group>
    );
  }
  return <Group><Button variant="default" onClick={() => { change(() => definition); setDone(true); }}>{t('history.restore', { number })}</Button></Group>;
}
