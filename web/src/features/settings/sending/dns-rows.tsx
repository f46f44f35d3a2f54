import { Badge, Box, Card, Code, Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { useFormat } from '../../../lib/format.ts';
import { ActButton, CopyLine, Section } from '../kit/parts.tsx';

type Domain = Api<'SendingDomain'>;
type Record_ = Api<'DnsRecord'>;
type Check = Api<'DnsRecordCheck'>;
const COLOURS = { ok: 'green', warning: 'orange', missing: 'red', wrong: 'red', unknown: 'gray' } as const;
const MARKS = { ok: '✓', warning: '!', missing: '✗', wrong: '✗', unknown: '?' } as const;

/** What to publish, to copy line by line, and beside each what DNS says now. */
export function DnsRows({ domain, records, canCheck, onChecked }: { domain: Domain; records: Record_[]; canCheck: boolean; onChecked(next: Domain): void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const check = async () => { onChecked((await answer(api.POST('/v1/sending-domains/{id}/check', { params: { path: { id: domain.id } } }))).domain); };
  return (
    <Section title={t('sending.dns.title')} hint={<>{t('sending.dns.hint')} {domain.checkedAt && t('sending.dns.checkedAt', { when: format.instant(domain.checkedAt) })}</>} actions={canCheck && <Group gap="xs"><ActButton size="sm" variant="filled" label={t('sending.dns.check')} onAct={check} /></Group>}>
      <Stack gap="sm">{records.map((record) => <Row key={`${record.kind} ${record.name}`} record={record} check={domain.checks?.find(({ type, name }) => type === record.type && name === record.name)} />)}</Stack>
    </Section>
  );
}

function Row({ record, check }: { record: Record_; check: Check | undefined }) {
  const { t, i18n } = useTranslation();
  const said = (words: { en: string; ko: string }) => (i18n.language === 'ko' ? words.ko : words.en);
  const kind = t(`sending.dns.kinds.${record.kind}`);
  return (
    <Card withBorder padding="sm" component="article" aria-label={kind}>
      <Stack gap={6}>
        <Group gap="xs">
          <Title order={3} size="h5">{kind}</Title>
          <Badge variant="light" color={check ? COLOURS[check.verdict] : 'gray'}>{check ? `${MARKS[check.verdict]} ${t(`sending.dns.verdicts.${check.verdict}`)}` : t('sending.dns.notYet')}</Badge>
        </Group>
        <Text size="sm" c="dimmed">{said(record.why)}</Text>
        <Line label={t('sending.dns.type')}><Code>{record.type}</Code></Line>
        <Line label={t('sending.dns.name')}><CopyLine text={record.name} name={t('sending.dns.nameOf', { kind })} /></Line>
        <Line label={t('sending.dns.value')}><CopyLine text={record.value} name={t('sending.dns.valueOf', { kind })} /></Line>
        {check && check.verdict !== 'ok' && <Line label={t('sending.dns.found')}>{check.found.length > 0 ? <Stack gap={2} miw={0}>{check.found.map((one) => <Code key={one} style={{ overflowWrap: 'anywhere' }}>{one}</Code>)}</Stack> : <Text size="sm">{t('sending.dns.nothing')}</Text>}</Line>}
        {check && <Text size="sm">{said(check.sentence)}</Text>}
      </Stack>
    </Card>
  );
}

/** A name and its value; on phones one above the other. */
function Line({ label, children }: { label: string; children: ReactNode }) {
  return <Group gap="xs" align="flex-start"><Text size="xs" w={90}>{label}</Text><Box flex="1 1 220px" miw={0}>{children}</Box></Group>;
}
