import { Card, Code, List, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../lib/api.ts';
import { mayEdit, useMe } from '../../../lib/me.ts';
import { ConfirmButton } from '../../../ui/confirm.tsx';
import { TextLink } from '../../../ui/links.tsx';
import { Page } from '../../../ui/page.tsx';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { SnippetForm } from './snippet-form.tsx';

const route = getRouteApi('/messages/snippets/$key');

export function NewSnippetPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Page title={t('messages.snippets.new')} note={<TextLink to="/messages/snippets" underline="always">{t('messages.snippets.title')}</TextLink>}>
      <SnippetForm snippet={null} onSaved={({ key }) => { void navigate({ to: '/messages/snippets/$key', params: { key }, replace: true }); }} />
    </Page>
  );
}

export function SnippetPage() {
  const { t } = useTranslation();
  const { key } = route.useParams();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const canEdit = mayEdit(useMe());
  const snippet = useQuery({ queryKey: ['snippet', key], queryFn: () => answer(api.GET('/v1/snippets/{key}', { params: { path: { key } } })) });
  if (snippet.isPending) return <Loading rows={8} />;
  if (!snippet.data) return <ErrorPanel error={snippet.error} onRetry={() => { void snippet.refetch(); }} />;
  const remove = async () => {
    await api.DELETE('/v1/snippets/{key}', { params: { path: { key } } });
    void queries.invalidateQueries({ queryKey: ['snippets'] });
    await navigate({ to: '/messages/snippets' });
  };
  return (
    <Page title={snippet.data.name} note={<><TextLink to="/messages/snippets" underline="always">{t('messages.snippets.title')}</TextLink> <Code>{`{{> ${key}}}`}</Code></>} actions={canEdit && <ConfirmButton title={t('messages.snippets.deleteTitle', { name: snippet.data.name })} action={t('messages.snippets.delete')} typed={null} onConfirm={remove}>{t('messages.snippets.deleteHint')}</ConfirmButton>}>
      <Stack gap="lg">
        <SnippetForm key={key} snippet={snippet.data} onSaved={(saved) => { queries.setQueryData(['snippet', key], saved); }} />
        <Uses snippet={key} />
      </Stack>
    </Page>
  );
}

function Uses({ snippet }: { snippet: string }) {
  const { t } = useTranslation();
  const uses = useQuery({ queryKey: ['snippet-uses', snippet], queryFn: () => answer(api.GET('/v1/snippets/{key}/uses', { params: { path: { key: snippet } } })) });
  if (uses.isPending) return <Loading rows={2} />;
  if (uses.isError) return <ErrorPanel error={uses.error} onRetry={() => { void uses.refetch(); }} />;
  const { drafts, snippets } = uses.data;
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">{t('messages.snippets.usedIn')}</Title>
      {drafts.length + snippets.length === 0 ? <Text size="sm" c="dimmed">{t('messages.snippets.unused')}</Text> : (
        <List size="sm">
          {drafts.map(({ id, name }) => <List.Item key={id}><TextLink size="sm" underline="always" to="/campaigns/$id" params={{ id }}>{name}</TextLink></List.Item>)}
          {snippets.map((key) => <List.Item key={key}><TextLink size="sm" underline="always" to="/messages/snippets/$key" params={{ key }}>{key}</TextLink></List.Item>)}
        </List>
      )}
      <Text size="xs" c="dimmed" mt="xs">{t('messages.snippets.published')}</Text>
    </Card>
  );
}
