import { Alert, Group, List, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { ButtonLink } from '../../ui/links.tsx';
import { MailFrame } from '../../ui/mail-frame.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { ActButton, Dialog } from '../settings/kit/parts.tsx';
import type { Feature } from './features-page.tsx';

/** What shipping would do: whom it tells, by whom, and the message as one of them gets it. */
export function ShipDialog({ opened, onClose, feature }: { opened: boolean; onClose(): void; feature: Feature }) {
  const { t } = useTranslation();
  return <Dialog opened={opened} onClose={onClose} title={t('features.shipTitle', { name: feature.name })} size="xl"><Shipping featureKey={feature.key} onDone={onClose} /></Dialog>;
}

function Shipping({ featureKey: key, onDone }: { featureKey: string; onDone(): void }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const found = useQuery({ queryKey: ['feature', key, 'shipping', i18n.language], queryFn: () => answer(api.GET('/v1/features/{key}/shipping', { params: { path: { key } } })) });
  if (found.isPending) return <Loading rows={4} />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const { people, withWords, by, message, problems, approval, shown } = found.data;
  const renew = () => Promise.all([queries.invalidateQueries({ queryKey: ['feature'] }), queries.invalidateQueries({ queryKey: ['features'] })]);
  const write = async () => { await api.POST('/v1/features/{key}/message', { params: { path: { key } }, body: { language: i18n.language } }); await renew(); };
  const ship = (tell: boolean) => async () => { await api.POST('/v1/features/{key}/ship', { params: { path: { key } }, body: { tell } }); await renew(); onDone(); };
  return (
    <Stack>
      <div>
        <Text>{people > 0 ? t('features.shipTell', { count: people }) : t('features.shipNobody')} {withWords > 0 && t('features.shipWords', { count: withWords })}</Text>
        {people > 0 && <Text size="sm" c="dimmed">{t('features.later')}</Text>}
      </div>
      {by.length > 0 && <section aria-label={t('features.by')}><Text size="sm" fw={600}>{t('features.by')}</Text><List size="sm">{by.map((one) => <List.Item key={one.id}>{t('features.byLine', { count: one.people, name: `${one.name} (${one.email})` })}</List.Item>)}</List></section>}
      {approval.needed && approval.state !== 'approved' && <Alert color="orange">{t('features.approval', { above: format.number(approval.above ?? 0) })}</Alert>}
      {problems.length > 0 && <Alert color="orange">{problems.map(({ code, message: said, messageKo }) => <Text key={code + said} size="sm">{i18n.language === 'ko' ? messageKo ?? said : said}</Text>)}</Alert>}
      {shown && <Shown shown={shown} />}
      <Group justify="flex-end" gap="sm">
        {message ? <ButtonLink to="/campaigns/$id" params={{ id: message.campaignId }} variant="default" size="sm">{t('features.editMessage')}</ButtonLink> : <ActButton label={t('features.write')} size="sm" onAct={write} />}
        <ActButton label={t('features.shipSilent')} size="sm" onAct={ship(false)} />
        {problems.length === 0 && <ActButton label={people > 0 ? t('features.shipNow', { count: people }) : t('features.ship')} variant="filled" size="sm" onAct={ship(true)} />}
      </Group>
    </Stack>
  );
}

function Shown({ shown: { personId, name, from, replyTo, subject, html, text, title, problems } }: { shown: NonNullable<Api<'FeatureShipping'>['shown']> }) {
  const { t } = useTranslation();
  const heading = t('features.preview', { name: name ?? personId.slice(0, 8) });
  return (
    <Stack component="section" gap="xs" aria-label={heading}>
      <Title order={3} size="h5">{heading}</Title>
      {problems.map((problem) => <Text key={problem} size="sm" c="red" role="alert">{problem}</Text>)}
      {from && <Text size="sm"><b>{t('features.from')}:</b> {from}</Text>}
      {replyTo && <Text size="sm"><b>{t('features.replyTo')}:</b> {replyTo}</Text>}
      {(subject ?? title) && <Text size="sm"><b>{t('features.subject')}:</b> {subject ?? title}</Text>}
      {html ? <MailFrame title={heading} html={html} phone={false} /> : text && <Text size="sm" style={{ whiteSpace: 'pre-line' }}>{text}</Text>}
    </Stack>
  );
}
