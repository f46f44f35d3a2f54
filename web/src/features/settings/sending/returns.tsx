import { Code, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import { mayEdit, useMe } from '../../../lib/me.ts';
import { useSaid } from '../../../lib/said.ts';
import { DataTable } from '../../../ui/data-table.tsx';
import { TextLink } from '../../../ui/links.tsx';
import { Listing } from '../../../ui/listing.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import { ActButton, Dialog, Section } from '../kit/parts.tsx';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';

const route = getRouteApi('/settings/sending/');
const DAYS = ['7', '30', '90'] as const;
const DAY_MS = 86_400_000;

/** What came back, by campaign and recipient domain; and reports that only a person can read. */
export function Returns() {
  return <Stack gap="xl"><Rates /><Review /></Stack>;
}

function Rates() {
  const { t } = useTranslation();
  const format = useFormat();
  const { days = '30' } = route.useSearch();
  const navigate = route.useNavigate();
  const found = useQuery({
    queryKey: ['return-rates', days],
    queryFn: async () => {
      const to = new Date();
      return (await answer(api.GET('/v1/return-rates', { params: { query: { from: new Date(to.getTime() - Number(days) * DAY_MS).toISOString(), to: to.toISOString(), limit: 200 } } }))).items;
    },
  });
  const campaigns = useQuery({ queryKey: ['campaign-names'], queryFn: async () => (await answer(api.GET('/v1/campaigns', { params: { query: { limit: 200 } } }))).items, staleTime: 60_000 });
  const nameOf = (id: string) => campaigns.data?.find((one) => one.id === id)?.name ?? `…${id.slice(-6)}`;
  const share = (part: number, sent: number) => <>{format.number(part)} <Text span size="xs" c="dimmed">{format.percent(part, sent)}</Text></>;
  return (
    <Section bare title={t('sending.returns.title')} hint={t('sending.returns.hint')} actions={<Select aria-label={t('sending.returns.period')} allowDeselect={false} w={180} value={days} data={DAYS.map((value) => ({ value, label: t('sending.returns.days', { count: Number(value) }) }))} onChange={(next) => { void navigate({ search: { tab: 'returns', days: next === '30' ? undefined : (next as '7' | '90') }, replace: true }); }} />}>
      {found.isPending ? <Loading /> : !found.data ? <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} /> : found.data.length === 0 ? <EmptyState title={t('sending.returns.empty')} hint={t('sending.returns.emptyHint')} /> : (
        <DataTable caption={t('sending.returns.title')} items={found.data} keyOf={({ campaignId, domain }) => `${campaignId} ${domain}`} columns={[
          { key: 'campaign', label: t('sending.returns.campaign'), cell: ({ campaignId }) => (campaignId ? <TextLink size="sm" underline="always" to="/campaigns/$id" params={{ id: campaignId }}>{nameOf(campaignId)}</TextLink> : t('state.none')) },
          { key: 'domain', label: t('sending.returns.domain'), cell: ({ domain }) => domain },
          { key: 'sent', label: t('sending.returns.sent'), numeric: true, cell: ({ sent }) => format.number(sent) },
          { key: 'hard', label: t('sending.returns.hard'), numeric: true, cell: ({ hard, sent }) => share(hard, sent) },
          { key: 'soft', label: t('sending.returns.soft'), numeric: true, cell: ({ soft, sent }) => share(soft, sent) },
          { key: 'block', label: t('sending.returns.block'), numeric: true, cell: ({ block, sent }) => share(block, sent) },
          { key: 'complaints', label: t('sending.returns.complaints'), numeric: true, cell: ({ complaints, sent }) => share(complaints, sent) },
        ]} />
      )}
    </Section>
  );
}

type Report = Api<'ReturnPage'>['items'][number];
type As = 'hard' | 'soft' | 'ignore';
const namesOne = (notices: Report['notices']) => new Set(notices.flatMap(({ deliveryId }) => deliveryId ?? [])).size === 1;
const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

function Review() {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const say = useSaid();
  const canEdit = mayEdit(useMe());
  const list = useList(['returns', 'review'], (after) => answer(api.GET('/v1/returns', { params: { query: { state: 'review', limit: 20, ...(after ? { after } : {}) } } })));
  const [asked, setAsked] = useState<{ id: string; as: 'hard' | 'soft' } | null>(null);
  const again = async (call: Promise<unknown>) => { await call; await queries.invalidateQueries({ queryKey: ['returns'] }); };
  const decide = (id: string, as: As, deliveryId?: string) => again(api.POST('/v1/returns/{id}/classify', { params: { path: { id } }, body: { as, ...(deliveryId ? { deliveryId } : {}) } }));
  // What names no message of ours can only be decided by who says which one it is about.
  const begin = async ({ id, notices }: Report, as: As) => { if (as === 'ignore' || namesOne(notices)) await decide(id, as); else setAsked({ id, as }); };
  return (
    <Section bare title={t('sending.review.title')} hint={t('sending.review.hint')}>
      <Listing caption={t('sending.review.title')} list={list} keyOf={({ id }) => id} empty={{ title: t('sending.review.empty'), hint: t('sending.review.emptyHint') }} columns={[
        { key: 'at', label: t('sending.review.at'), cell: ({ receivedAt }) => format.instant(receivedAt) },
        { key: 'from', label: t('sending.review.from'), cell: ({ envelope, source }) => envelope?.from ?? source },
        { key: 'detail', label: t('sending.review.detail'), cell: ({ id, detail, detailKo }) => <>{say({ message: detail, messageKo: detailKo })}<Raw id={id} /></> },
        ...(canEdit ? [{ key: 'actions', label: t('settings.actions'), cell: (report: Report) => <Group gap={6}>{(['hard', 'soft', 'ignore'] as const).map((as) => <ActButton key={as} label={t(`sending.review.as.${as}`)} name={`${t(`sending.review.as.${as}`)}: ${format.instant(report.receivedAt)}`} onAct={() => begin(report, as)} />)}<ActButton label={t('sending.review.retry')} name={`${t('sending.review.retry')}: ${format.instant(report.receivedAt)}`} onAct={() => again(api.POST('/v1/returns/{id}/retry', { params: { path: { id: report.id } } }))} /></Group> }] : []),
      ]} />
      <Dialog opened={asked !== null} onClose={() => { setAsked(null); }} title={t('sending.review.which')}>{asked && <Which onCancel={() => { setAsked(null); }} onChosen={async (deliveryId) => { await decide(asked.id, asked.as, deliveryId); setAsked(null); }} />}</Dialog>
    </Section>
  );
}

/** The report itself, read when somebody wants to see it. */
function Raw({ id }: { id: string }) {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ['return', id], queryFn: () => answer(api.GET('/v1/returns/{id}', { params: { path: { id } } })), enabled: false });
  return <details onToggle={(event) => { if (event.currentTarget.open && !found.data) void found.refetch(); }}><Text component="summary" size="xs">{t('sending.review.raw')}</Text>{found.data ? <Code block tabIndex={0} mah={240} style={{ overflow: 'auto', maxWidth: 480 }}>{found.data.raw}</Code> : <Text size="xs">{found.isError ? t('state.failed') : t('state.loading')}</Text>}</details>;
}

/** Which message a report is about: the address of its page, or its id. */
function Which({ onChosen, onCancel }: { onChosen(deliveryId: string): Promise<unknown>; onCancel(): void }) {
  const { t } = useTranslation();
  const { form, submit, ...state } = useSavedForm({
    initial: { deliveryId: '' }, inDialog: true,
    checks: { deliveryId: (value) => (ID.test(value) ? null : t('sending.review.noId')) },
    save: ({ deliveryId }) => onChosen(ID.exec(deliveryId)![0].toLowerCase()),
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm">{t('sending.review.whichHint')} <TextLink to="/deliveries" search={{}} underline="always">{t('nav.deliveries')}</TextLink></Text>
        <TextInput data-autofocus label={t('sending.review.delivery')} maxLength={500} {...form.getInputProps('deliveryId')} />
        <SaveBar {...state} label={t('sending.review.decide')} onCancel={onCancel} />
      </Stack>
    </form>
  );
}
