import { Anchor, Card, Code, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { useFormat } from '../../lib/format.ts';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../ui/states.tsx';
import { MailViews } from './views.tsx';

const route = getRouteApi('/deliveries/mailbox/$id');

/** One message of the sandbox mailbox as a mail program reads it; its links are the real ones. */
export function MailPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { id } = route.useParams();
  const found = useQuery({ queryKey: ['sandbox-mail', id], queryFn: () => answer(api.GET('/v1/sandbox/mails/{id}', { params: { path: { id } } })), staleTime: Infinity });
  if (found.isPending) return <Loading />;
  if (!found.data) return <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />;
  const { subject, from, to, receivedAt, html, text, headers } = found.data;
  const facts: [string, string][] = [[t('deliveries.mailbox.from'), from], [t('deliveries.to'), to], [t('deliveries.mailbox.received'), format.exact(receivedAt)]];
  return (
    <Page title={subject || t('deliveries.mailbox.noSubject')} note={<TextLink to="/deliveries/mailbox" size="sm">{t('deliveries.mailbox.back')}</TextLink>}>
      <Card withBorder component="section" aria-label={t('deliveries.copy.title')}>
        <Stack gap="sm">
          <dl className="facts">{facts.map(([term, value]) => <div key={term}><dt>{term}</dt><dd>{value}</dd></div>)}</dl>
          <MailViews html={html} text={text} source={html ?? text} />
        </Stack>
      </Card>
      <Stack gap="xs" component="section" aria-label={t('deliveries.mailbox.headers')}>
        <Title order={2} size="h4">{t('deliveries.mailbox.headers')}</Title>
        <Code block tabIndex={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{headers.map(({ name, value }) => `${name}: ${value}`).join('\n')}</Code>
        <Anchor href={`/v1/sandbox/mails/${id}/raw`} size="sm">{t('deliveries.mailbox.download')}</Anchor>
      </Stack>
    </Page>
  );
}
