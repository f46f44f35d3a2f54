import { Alert, Button, Card, Group, Progress, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { ButtonLink } from '../../ui/links.tsx';
import { StopButton, useAdopt } from '../campaigns/launch/lifecycle.tsx';
import { useAct } from '../settings/kit/parts.tsx';

type Campaign = Api<'Campaign'>;
type Launch = NonNullable<Api<'CampaignLaunch'>['launch']>;
type Ramp = NonNullable<Launch['ramp']>;

export const launchKey = (id: string) => ['campaign-launch', id];
const LOOK_MS = 15_000;

/** How far the launch of a campaign is, what may halt it and what holds it. Nothing is said of a launch that just goes to everybody. */
export function LaunchPanel({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const isLive = campaign.state === 'active' || campaign.state === 'paused' || campaign.state === 'draining';
  const found = useQuery({ queryKey: [...launchKey(campaign.id), campaign.state], enabled: isLive, refetchInterval: LOOK_MS, queryFn: () => answer(api.GET('/v1/campaigns/{id}/launch', { params: { path: { id: campaign.id } } })) });
  if (!found.data) return null;
  const { launch, sendRate, breaker } = found.data;
  const ramp = launch && launch.ramp;
  if (!ramp && !launch?.held && !sendRate && breaker?.scope !== 'workspace') return null;
  return (
    <Card withBorder component="section" aria-label={t('safety.launch.title')}>
      <Stack gap="sm">
        <Title order={2} size="h5">{t('safety.launch.title')}</Title>
        {breaker?.scope === 'workspace' && <Held breaker={breaker} />}
        {launch?.held && <HeldForApproval held={launch.held} />}
        {launch && ramp && <Stages launch={launch} ramp={ramp} />}
        {launch && ramp && campaign.pauseReason?.code === 'RAMP_HALTED' && <Halted campaign={campaign} />}
        {ramp && ramp.stage > 0 && <Numbers ramp={ramp} />}
        {sendRate && <Rate rate={sendRate} />}
      </Stack>
    </Card>
  );
}

function Held({ breaker }: { breaker: NonNullable<Api<'CampaignLaunch'>['breaker']> }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  return (
    <Alert color="orange" title={t('safety.launch.breaker')}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{i18n.language === 'ko' ? breaker.text.ko : breaker.text.en} {breaker.closesAt && t('safety.launch.breakerUntil', { at: format.instant(breaker.closesAt) })}</Text>
        <ButtonLink size="xs" variant="default" to="/settings/safety">{t('safety.launch.toBreaker')}</ButtonLink>
      </Stack>
    </Alert>
  );
}

function HeldForApproval({ held }: { held: NonNullable<Launch['held']> }) {
  const { t } = useTranslation();
  const format = useFormat();
  return <Alert color="orange">{t('safety.launch.held', { people: held.people === null ? t('safety.launch.unknown') : format.number(held.people), above: format.number(held.above) })}</Alert>;
}

function Stages({ launch, ramp }: { launch: Launch; ramp: Ramp }) {
  const { t } = useTranslation();
  const format = useFormat();
  const all = ramp.stages.length + 1;
  const said = launch.state === 'cancelled' ? t('safety.ramp.cancelled') : launch.state === 'waiting' ? t('safety.ramp.begins') : ramp.stage === 0 ? t('safety.ramp.before')
    : launch.state === 'done' ? t('safety.ramp.over') : t('safety.ramp.now', { stage: ramp.stage, stages: all, percent: format.number(ramp.percent) });
  return (
    <Stack gap={4}>
      <Text fw={600}>{said}</Text>
      <Progress value={ramp.percent} aria-label={said} />
      {launch.people !== null && <Text size="sm" c="dimmed">{t('safety.ramp.taken', { taken: format.number(launch.taken), people: format.number(launch.people) })}</Text>}
      {launch.state === 'running' && ramp.nextAt && <Text size="sm">{t('safety.ramp.next', { at: format.instant(ramp.nextAt) })} {ramp.unsent && t('safety.ramp.unsent')}</Text>}
      {launch.state === 'running' && ramp.stage === all && <Text size="sm">{t('safety.ramp.lastNow')}</Text>}
    </Stack>
  );
}

/** Whoever has read why goes on, or ends it. */
function Halted({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation();
  const adopt = useAdopt();
  const { busy, refusal, act } = useAct();
  if (!mayEdit(useMe())) return null;
  const resume = () => act(async () => { adopt(await answer(api.POST('/v1/campaigns/{id}/resume', { params: { path: { id: campaign.id } } }))); });
  return (
    <Group gap="xs">
      <Button loading={busy} onClick={() => { void resume(); }}>{t('safety.launch.resume')}</Button>
      <StopButton campaign={campaign} />
      {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
    </Group>
  );
}

function Numbers({ ramp }: { ramp: Ramp }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Stack gap={4}>
      <Text size="sm" c="dimmed">{ramp.messages < ramp.atLeast ? t('safety.ramp.few', { least: format.number(ramp.atLeast), shown: format.number(ramp.messages) }) : t('safety.ramp.counted', { shown: format.number(ramp.messages), at: ramp.since ? format.instant(ramp.since) : '' })}</Text>
      <Table.ScrollContainer minWidth={300}>
        <Table captionSide="top">
          <Table.Caption ta="left">{t('safety.ramp.numbers')}</Table.Caption>
          <Table.Thead><Table.Tr>{(['measure', 'count', 'share', 'limit'] as const).map((name) => <Table.Th key={name}>{t(`safety.ramp.${name}`)}</Table.Th>)}</Table.Tr></Table.Thead>
          <Table.Tbody>
            {ramp.measures.map(({ measure, count, percent, limit }) => (
              <Table.Tr key={measure}><Table.Td>{t(`safety.ramp.measures.${measure}`)}</Table.Td><Table.Td>{format.number(count)}</Table.Td><Table.Td>{`${format.number(percent)} %`}</Table.Td><Table.Td>{`${format.number(limit)} %`}</Table.Td></Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}

function Rate({ rate }: { rate: NonNullable<Api<'CampaignLaunch'>['sendRate']> }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Text size="sm">
      {t('safety.rate.words', { shown: format.number(rate.messages), per: t(`safety.rate.${rate.per}`) })} {rate.waiting > 0 && t('safety.rate.waiting', { count: rate.waiting, shown: format.number(rate.waiting) })} {rate.waiting > 0 && rate.nextAt && t('safety.rate.next', { at: format.instant(rate.nextAt) })}
    </Text>
  );
}
