import { Alert, List, Stack, Text, Title } from '@mantine/core';
import { josa } from 'es-hangul';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { IconAlertTriangle } from '../../ui/icons.ts';
import { MaybeLink } from '../../ui/maybe-link.tsx';

type One = Api<'Attention'>;

/** Where each kind is mended: the screen's pattern and its address. */
function placeOf(one: One): [screen: string, to: string] {
  if ('campaignId' in one) return ['/campaigns/$id', `/campaigns/${one.campaignId}`];
  if ('segmentId' in one) return ['/segments/$id', `/segments/${one.segmentId}`];
  if ('domainId' in one) return ['/settings/sending/domains/$id', `/settings/sending/domains/${one.domainId}`];
  if ('endpointId' in one) return ['/settings/webhooks/$id', `/settings/webhooks/${one.endpointId}`];
  if (one.kind === 'breaker') return ['/settings/safety', '/settings/safety'];
  return one.kind === 'relay' ? ['/settings/sending', '/settings/sending'] : ['/data/events', '/data/events'];
}

/** What somebody should look at, the worst first, each with the way to where it is mended. */
export function NeedsAttention({ items }: { items: One[] }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" component="section" aria-label={t('home.attention.title')}>
      <Title order={2} size="h4">{t('home.attention.title')}</Title>
      {items.length === 0 ? <Text c="dimmed">{t('home.attention.none')}</Text> : (
        <Alert color="orange" icon={<IconAlertTriangle aria-hidden />}>
          <List spacing="xs" listStyleType="none">{items.map((one) => { const [screen, to] = placeOf(one); return <List.Item key={`${one.kind} ${to}`}><MaybeLink screen={screen} to={to}><Sentence one={one} /></MaybeLink></List.Item>; })}</List>
        </Alert>
      )}
    </Stack>
  );
}

function Sentence({ one }: { one: One }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const name = 'name' in one ? one.name : '';
  // The particle hangs on the last sound of the name.
  const subject = i18n.language === 'ko' ? josa(name || '-', '이/가') : name;
  switch (one.kind) {
    case 'paused': return <>{name}: {i18n.language === 'ko' ? one.text.ko : one.text.en}</>;
    case 'breaker': return <>{i18n.language === 'ko' ? one.text.ko : one.text.en}</>;
    case 'bounces': case 'complaints': return <>{t(`home.attention.${one.kind}`, { name, count: one.count, shown: format.number(one.count), all: format.number(one.of), share: format.percent(one.count, one.of) })}</>;
    case 'zero': case 'collapse': case 'surge': return <>{t(`home.attention.${one.kind}`, { name, shown: format.number(one.count), expected: format.number(Math.round(one.expected)) })}</>;
    case 'stuck': return <>{t('home.attention.stuck', { name, count: one.count, shown: format.number(one.count) })}</>;
    case 'canary': return <>{t('home.attention.canary', { name, count: one.count, shown: format.number(one.count) })}</>;
    case 'webhook_lost': return <>{t('home.attention.webhook_lost', { name, shown: format.number(one.count) })}</>;
    case 'silent': return <>{t('home.attention.silent', { since: format.exact(one.since) })}</>;
    default: return <>{t(`home.attention.${one.kind}`, { name, subject })}</>;
  }
}
