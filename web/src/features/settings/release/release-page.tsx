import { Alert, Button, Card, Code, List, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
// Built into the dashboard: nothing is fetched from anywhere.
import changes from '../../../../../CHANGELOG.md?raw';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { TextLink } from '../../../ui/links.tsx';
import { Page } from '../../../ui/page.tsx';
import { EmptyState, ErrorPanel, Loading } from '../../../ui/states.tsx';
import { Section } from '../kit/parts.tsx';
import { piecesOf, readNotes, type ReleaseNotes } from './notes.ts';

const RELEASES = readNotes(changes);
/** More than these are asked for. */
const AT_FIRST = 15;

/** Which release runs on which schema, and what it brought. */
export function ReleasePage() {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ['release'], queryFn: () => answer(api.GET('/v1/status/release')) });
  return (
    <Page title={t('settings.places.release')} note={<>{t('release.note')} <TextLink to="/settings/status" underline="always">{t('settings.places.status')}</TextLink></>}>
      {found.isPending ? <Loading rows={3} /> : found.data ? <Running release={found.data} /> : <ErrorPanel error={found.error} onRetry={() => { void found.refetch(); }} />}
      <News version={found.data?.version} />
    </Page>
  );
}

function Running({ release: { version, node, database } }: { release: Api<'Release'> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const isSame = database.waiting.length + database.unknown.length === 0;
  const rows = [['version', version], ['schema', t('release.applied', { count: database.applied, shown: format.number(database.applied) })], ['last', database.last ?? t('state.none')], ['postgres', database.version], ['node', node]] as const;
  return (
    <Section title={t('release.running')}>
      {isSame ? <Alert color="green" variant="light">{t('release.same')}</Alert> : (
        <Alert color="orange" title={t(database.waiting.length > 0 ? 'release.waiting' : 'release.unknown', { count: database.waiting.length > 0 ? database.waiting.length : database.unknown.length })}>
          <Stack gap="xs"><Text size="sm">{t(database.waiting.length > 0 ? 'release.waitingHint' : 'release.unknownHint')}</Text><List size="sm">{[...database.waiting, ...database.unknown].map((name) => <List.Item key={name}><Code>{name}</Code></List.Item>)}</List></Stack>
        </Alert>
      )}
      <Table layout="fixed" maw={640}>
        <Table.Tbody>{rows.map(([key, value]) => <Table.Tr key={key}><Table.Th scope="row" w="45%">{t(`release.facts.${key}`)}</Table.Th><Table.Td>{key === 'last' || key === 'node' || key === 'postgres' || key === 'version' ? <Code style={{ overflowWrap: 'anywhere' }}>{value}</Code> : value}</Table.Td></Table.Tr>)}</Table.Tbody>
      </Table>
    </Section>
  );
}

/** What is new, found by a word. The change log is written in English. */
function News({ version }: { version: string | undefined }) {
  const { t, i18n } = useTranslation();
  const [text, setText] = useState('');
  const wanted = text.normalize('NFC').trim().toLowerCase();
  const shown = RELEASES.map((release) => ({ ...release, items: release.items.filter((item) => `${item.title} ${item.text}`.toLowerCase().includes(wanted)) })).filter(({ items, words }) => items.length > 0 || (wanted === '' && words.length > 0));
  return (
    <Section bare title={t('release.news')} hint={i18n.language === 'en' ? undefined : t('release.english')}>
      <TextInput type="search" maw={360} label={t('release.find')} value={text} onChange={(event) => { setText(event.currentTarget.value); }} />
      {shown.length === 0 && <EmptyState title={t('release.none')} hint={t('release.noneHint')} />}
      {shown.map((release) => <Notes key={release.name} release={release} name={release.name === 'Pending' ? t('release.pending', { version: version ?? '' }) : release.name} />)}
    </Section>
  );
}

function Notes({ release: { words, items }, name }: { release: ReleaseNotes; name: string }) {
  const { t } = useTranslation();
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? items : items.slice(0, AT_FIRST);
  return (
    <Card withBorder component="article">
      <Stack gap="sm">
        <Title order={3} size="h5">{name}</Title>
        {words.map((word) => <Text key={word} size="sm" c="dimmed" lang="en"><Said text={word} /></Text>)}
        <List size="sm" spacing="xs" lang="en">{shown.map(({ title, text }) => <List.Item key={`${title} ${text}`}>{title !== '' && <strong>{title}</strong>}{/^[,;.)]/.test(text) ? '' : ' '}<Said text={text} /></List.Item>)}</List>
        {shown.length < items.length && <Button variant="default" size="sm" style={{ alignSelf: 'flex-start' }} onClick={() => { setWhole(true); }}>{t('release.all', { count: items.length })}</Button>}
      </Stack>
    </Card>
  );
}

function Said({ text }: { text: string }) {
  return <>{piecesOf(text).map(({ kind, text: words }, at) => (kind === 'code' ? <Code key={at} style={{ overflowWrap: 'anywhere' }}>{words}</Code> : kind === 'strong' ? <strong key={at}>{words}</strong> : words))}</>;
}
