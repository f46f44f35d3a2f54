import { Button, Card, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useList } from '../../../lib/lists.ts';
import { TextLink } from '../../../ui/links.tsx';
import { Listing } from '../../../ui/listing.tsx';
import { WhyButton } from '../../explain/why-drawer.tsx';

type StuckGroup = Api<'CampaignStuck'>['items'][number];

/** Who waits at a step longer than it should take: how many, why, what to do, and who. Nothing is shown when nobody does. */
export function Stuck({ campaign, nameOf }: { campaign: string; nameOf(stepId: string): string }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const [shown, setShown] = useState<StuckGroup | null>(null);
  const found = useQuery({ queryKey: ['stuck', campaign], queryFn: () => answer(api.GET('/v1/campaigns/{id}/stuck', { params: { path: { id: campaign } } })), staleTime: 30_000 });
  const groups = found.data?.items ?? [];
  if (groups.length === 0) return null;
  const say = (text: { en: string; ko: string }) => (i18n.language === 'ko' ? text.ko : text.en);
  const heading = shown ? t('stuck.list', { kind: t(`stuck.kinds.${shown.kind}`), step: nameOf(shown.stepId) }) : '';
  return (
    <Card withBorder component="section" aria-label={t('stuck.title')}>
      <Stack gap="sm">
        <div><Title order={2} size="h4">{t('stuck.title')}</Title><Text size="sm" c="dimmed">{t('stuck.hint')}</Text></div>
        {groups.map((group) => (
          <Group key={`${group.stepId} ${group.kind}`} justify="space-between" align="flex-start">
            <div style={{ minWidth: 0, flex: '1 1 260px' }}>
              <Text size="sm" fw={600}>{nameOf(group.stepId)}: {t(`stuck.kinds.${group.kind}`)} · {t('stuck.count', { count: group.count, since: format.instant(group.since) })}</Text>
              <Text size="sm">{say(group.why)}</Text>
              <Text size="sm" c="dimmed">{say(group.whatToDo)}</Text>
            </div>
            <Button size="compact-sm" variant="default" aria-label={t('stuck.list', { kind: t(`stuck.kinds.${group.kind}`), step: nameOf(group.stepId) })} onClick={() => { setShown(group); }}>{t('stuck.show')}</Button>
          </Group>
        ))}
      </Stack>
      <Drawer opened={shown !== null} onClose={() => { setShown(null); }} position="right" size="lg" title={heading} closeButtonProps={{ 'aria-label': t('confirm.close') }}>
        {shown && <People campaign={campaign} group={shown} caption={heading} />}
      </Drawer>
    </Card>
  );
}

function People({ campaign, group: { kind, stepId }, caption }: { campaign: string; group: StuckGroup; caption: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useList(['stuck-people', campaign, kind, stepId], (after) => answer(api.GET('/v1/campaigns/{id}/stuck/people', { params: { path: { id: campaign }, query: { kind, step: stepId, limit: 50, ...(after ? { after } : {}) } } })));
  const nameOf = ({ email, externalId }: { email: string | null; externalId: string | null }) => email ?? externalId ?? t('campaignPeople.nameless');
  return (
    <Listing caption={caption} list={list} keyOf={({ runId }) => runId} empty={{ title: t('stuck.none'), hint: t('stuck.hint') }} columns={[
      { key: 'person', label: t('campaignPeople.person'), cell: (one) => <TextLink to="/people/$id" params={{ id: one.personId }} fw={600}>{nameOf(one)}</TextLink> },
      { key: 'since', label: t('stuck.since'), cell: ({ since }) => format.instant(since) },
      { key: 'why', label: t('stuck.why'), cell: (one) => <WhyButton campaign={campaign} person={one.personId} name={nameOf(one)} /> },
    ]} />
  );
}
