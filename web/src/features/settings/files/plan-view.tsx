import { Alert, Badge, Code, Group, List, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { useSaid } from '../../../lib/said.ts';

type Plan = Api<'FilesPlan'>;
const COLOURS = { create: 'green', update: 'blue', unchanged: 'gray', ended: 'orange' } as const;

/** What applying would do, one thing after the other, and everything found at its file and line. */
export function PlanView({ plan: { items, findings, valid, others } }: { plan: Plan }) {
  const { t } = useTranslation();
  const format = useFormat();
  const told = items.filter(({ action, publishes }) => action !== 'unchanged' || publishes !== 'no');
  const same = items.length - told.length;
  return (
    <Stack gap="sm">
      {!valid && <Alert color="red" role="alert" title={t('files.invalid')} />}
      <Findings findings={findings} />
      {valid && told.map((item) => <Item key={`${item.kind}/${item.key}`} item={item} />)}
      {valid && others.map((other) => <Other key={`${other.kind}/${other.key}`} other={other} />)}
      {valid && <Text size="sm" c="dimmed">{told.length === 0 && others.length === 0 ? t('files.nothing') : t('files.same', { count: same, shown: format.number(same) })}</Text>}
    </Stack>
  );
}

function Findings({ findings }: Pick<Plan, 'findings'>) {
  const { t } = useTranslation();
  const said = useSaid();
  if (findings.length === 0) return null;
  return (
    <List size="sm" spacing={4} listStyleType="none" aria-label={t('files.findings')}>
      {findings.map(({ severity, file, line, column, message, messageKo, code }) => (
        <List.Item key={`${file}:${line}:${column}:${code}:${message}`}>
          <Badge size="sm" variant="light" color={severity === 'error' ? 'red' : 'orange'}>{t(`files.severity.${severity}`)}</Badge> <Code>{`${file}:${line}:${column}`}</Code> {said({ message, messageKo })}
        </List.Item>
      ))}
    </List>
  );
}

const GOING = { delete: 'red', archive: 'orange', keep: 'gray' } as const;

/** What is here and in no file. */
function Other({ other: { kind, key, name, does, why } }: { other: Plan['others'][number] }) {
  const { t, i18n } = useTranslation();
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <Badge variant="light" color={GOING[does]}>{t(`files.does.${does}`)}</Badge>
        <Text span size="sm" fw={600}>{name}</Text>
        <Text span size="sm" c="dimmed">{t(`files.kind.${kind}`)}</Text><Code>{key}</Code>
      </Group>
      {why && <Text size="sm">{i18n.language === 'ko' ? why.ko : why.en}</Text>}
    </Stack>
  );
}

function Item({ item: { kind, key, name, action, changes, publishes, inFlight } }: { item: Plan['items'][number] }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const here = ({ en, ko }: { en: string; ko: string }) => (i18n.language === 'ko' ? ko : en);
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <Badge variant="light" color={COLOURS[action]}>{t(`files.action.${action}`)}</Badge>
        {name !== '' && <Text span size="sm" fw={600}>{name}</Text>}
        <Text span size="sm" c="dimmed">{t(`files.kind.${kind}`)}</Text>{name !== '' && <Code>{key}</Code>}
        {publishes !== 'no' && <Badge variant="light" color={publishes === 'now' ? 'green' : 'gray'}>{t(`files.publishes.${publishes}`)}</Badge>}
      </Group>
      {changes.length > 0 && <Code block style={{ whiteSpace: 'pre-wrap' }}>{changes.map(here).join('\n')}</Code>}
      {inFlight && <Text size="sm">{t('files.inFlight', { count: inFlight.people, shown: format.number(inFlight.people) })} {inFlight.sentences.map(here).join(' ')}</Text>}
    </Stack>
  );
}
