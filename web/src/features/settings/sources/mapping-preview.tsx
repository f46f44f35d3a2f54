import { Alert, Badge, Card, Code, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useSaid } from '../../../lib/said.ts';
import type { Tried } from './mapping-tab.tsx';

type Message = Api<'SourceTrial'>['messages'][number];
const SHOWN = 20;

/** What would come of the sample, from the server; nothing of it is kept. */
export function Preview({ trial: { found, refused, failed, busy }, hasBody }: { trial: Tried; hasBody: boolean }) {
  const { t } = useTranslation();
  const said = useSaid();
  const problems = refused ?? found?.problems ?? [];
  return (
    <Stack gap="sm" component="section" aria-label={t('sources.preview')} aria-busy={busy}>
      <Title order={2} size="h4">{t('sources.preview')}</Title>
      {!hasBody && <Text size="sm" c="dimmed">{t('sources.previewNeedsJson')}</Text>}
      {failed && <Alert color="red" role="alert">{failed}</Alert>}
      {refused && <Alert color="red" variant="light" title={t('sources.mendFirst')}>{t('sources.mendHint')}</Alert>}
      {!refused && hasBody && found?.rules.length === 0 && <Alert color="orange" variant="light" title={t('sources.noRule')}>{t('sources.noRuleHint')}</Alert>}
      {!refused && hasBody && found && found.messages.slice(0, SHOWN).map((message, at) => <OneMessage key={`${at} ${message.name}`} message={message} />)}
      {!refused && hasBody && found && found.messages.length > SHOWN && <Text size="sm" c="dimmed">{t('sources.andMore', { count: found.messages.length - SHOWN })}</Text>}
      {problems.length > 0 && <Stack gap={4}><Text size="sm" fw={600}>{t('sources.problems')}</Text>{problems.map((problem) => <Text key={`${problem.path} ${problem.message}`} size="sm"><Code>{problem.path}</Code> {said(problem)}</Text>)}</Stack>}
    </Stack>
  );
}

function OneMessage({ message: { type, userId, anonymousId, name, occurredAt, properties, traits } }: { message: Message }) {
  const { t } = useTranslation();
  const format = useFormat();
  const isEvent = type === 'track';
  return (
    <Card withBorder padding="sm">
      <Stack gap={6}>
        <Group gap={6}><Badge variant="light" color={isEvent ? 'blue' : 'green'}>{t(isEvent ? 'sources.anEvent' : 'sources.anUpdate')}</Badge>{isEvent && <Text size="sm" fw={600}>{name}</Text>}</Group>
        <Text size="sm">{t('sources.ofWhom')} <Code>{userId ?? anonymousId}</Code></Text>
        {isEvent && <Text size="xs" c="dimmed">{format.instant(occurredAt)}</Text>}
        <Values values={isEvent ? properties as Record<string, unknown> : traits} />
      </Stack>
    </Card>
  );
}

function Values({ values }: { values: Record<string, unknown> }) {
  const rows = Object.entries(values);
  if (rows.length === 0) return null;
  return (
    <Table withRowBorders={false} verticalSpacing={2} horizontalSpacing={4} layout="fixed">
      <Table.Tbody>{rows.map(([name, value]) => <Table.Tr key={name}><Table.Th scope="row" w="42%" style={{ overflowWrap: 'anywhere', fontWeight: 500, textAlign: 'left', verticalAlign: 'top' }}>{name}</Table.Th><Table.Td><Code style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>{JSON.stringify(value)}</Code></Table.Td></Table.Tr>)}</Table.Tbody>
    </Table>
  );
}
