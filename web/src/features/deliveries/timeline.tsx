import { Code, Text, Timeline } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { useReason } from '../../lib/reasons.ts';
import { momentsOf, type Moment } from './moments.ts';

/** What happened to one delivery, in order of time, each moment with its evidence. */
export function Moments({ delivery }: { delivery: Api<'DeliveryDetail'> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const moments = momentsOf(delivery);
  return (
    <Timeline active={moments.length} bulletSize={14} lineWidth={2} component="ol" aria-label={t('deliveries.moments')} style={{ listStyle: 'none', margin: 0 }}>
      {moments.map((moment) => (
        <Timeline.Item key={moment.key} component="li" title={<TitleOf moment={moment} />}>
          <Text size="xs" c="dimmed" component="time" dateTime={moment.at}>{format.exact(moment.at)}</Text>
          <Evidence moment={moment} />
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

function TitleOf({ moment }: { moment: Moment }) {
  const { t, i18n } = useTranslation();
  const reason = useReason();
  const named = (path: string, name: string) => (i18n.exists(`${path}.${name}`) ? t(`${path}.${name}` as 'deliveries.events.open') : name);
  const text = {
    queued: () => t('deliveries.moment.queued'), due: () => t('deliveries.moment.due'), tried: () => t('deliveries.moment.tried'), sent: () => t('deliveries.moment.sent'),
    gate: () => (moment.kind === 'gate' ? reason(moment.decision.code) : ''),
    post: () => (moment.kind === 'post' ? t('deliveries.moment.post', { attempt: moment.post.attempt, fate: t(`deliveries.fates.${moment.post.fate}`) }) : ''),
    event: () => (moment.kind === 'event' ? named('deliveries.events', moment.event.kind) : ''),
    settled: () => (moment.kind === 'settled' ? t(`deliveries.states.${moment.state}`) : ''),
  }[moment.kind]();
  return <Text size="sm" fw={600} span>{text}</Text>;
}

function Evidence({ moment }: { moment: Moment }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  if (moment.kind === 'settled') return <>{moment.reason && <Text size="sm">{reason(moment.reason)}</Text>}{moment.detail && <Code block style={{ whiteSpace: 'pre-wrap' }}>{moment.detail}</Code>}</>;
  if (moment.kind === 'gate') return moment.decision.nextCheckAt ? <Text size="sm">{t('deliveries.moment.again', { at: format.exact(moment.decision.nextCheckAt) })}</Text> : null;
  if (moment.kind === 'post') {
    const { status, error, response, durationMs, nextAt } = moment.post;
    return (
      <>
        <Text size="sm">{status === null ? (error ?? '') : t('deliveries.moment.answered', { status, ms: format.number(durationMs) })}</Text>
        {response && <Code block style={{ whiteSpace: 'pre-wrap' }}>{response}</Code>}
        {nextAt && <Text size="sm">{t('deliveries.moment.again', { at: format.exact(nextAt) })}</Text>}
      </>
    );
  }
  if (moment.kind !== 'event') return null;
  const { inWords, data, evidence } = moment.event;
  const facts = { ...(data as object | null), ...(evidence as object | null) };
  const { url, ...rest } = facts as { url?: unknown };
  return (
    <>
      {inWords && <Text size="sm">{i18n.language === 'ko' ? inWords.ko : inWords.en}</Text>}
      {typeof url === 'string' && <Text size="sm">{t('deliveries.moment.link', { url })}</Text>}
      {Object.keys(rest).length > 0 && <details><summary><Text size="xs" span c="dimmed">{t('deliveries.evidence')}</Text></summary><Code block style={{ whiteSpace: 'pre-wrap' }}>{JSON.stringify(rest, null, 2)}</Code></details>}
    </>
  );
}
