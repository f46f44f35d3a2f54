import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { noticeOf, type NoticeLine } from './notice.ts';

/** A notice as the chat shows it. Its links lead nowhere from here. */
export function NoticeCard({ payload }: { payload: unknown }) {
  const { t } = useTranslation();
  const { color, lines, member } = noticeOf(payload);
  return (
    <Stack gap={6} component="figure" m={0} p="sm" aria-label={t('hooks.preview.notice')} style={{ border: '1px solid var(--mantine-color-default-border)', borderInlineStart: `4px solid ${color ?? 'var(--mantine-color-default-border)'}`, borderRadius: 8, overflowWrap: 'anywhere' }}>
      {lines.map((line, index) => <Line key={index} line={line} />)}
      {member && <Text size="xs" c="dimmed">{t('hooks.preview.member', { member })}</Text>}
    </Stack>
  );
}

function Line({ line }: { line: NoticeLine }) {
  if (line.kind === 'image') return <Text size="xs" c="dimmed">{line.url}</Text>;
  return (
    <Text size="sm" fw={line.kind === 'head' ? 700 : 400} pl={line.kind === 'detail' ? 'sm' : 0} style={{ whiteSpace: 'pre-wrap' }}>
      {line.parts.map((part, index) => ('text' in part ? <span key={index}>{part.text}</span> : <Text key={index} span td="underline" title={part.url}>{part.label}</Text>))}
    </Text>
  );
}
