import { ActionIcon, Button, Group, Menu, Select, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { IconPlus, IconX } from '../../ui/icons.ts';
import type { At } from '../in-app/place.ts';
import type { PageRule, Pattern } from './auto-message.ts';
import { Conditions, type Condition } from './where-conditions.tsx';

const MOST = 20;

interface Given { page: PageRule; readOnly: boolean; at: At; onChange(page: PageRule): void }

/** On which pages it is displayed, and for which visits of them. */
export function Where({ page, readOnly, at, onChange }: Given) {
  const { t } = useTranslation();
  const { visits: _visits, device: _device, ...plain } = page;
  const add: Record<Condition | 'exclude', () => PageRule> = {
    exclude: () => ({ ...page, exclude: [...page.exclude, { match: 'glob', pattern: '' }] }),
    query: () => ({ ...page, query: [...page.query, { name: '', op: 'exists' }] }),
    utm: () => ({ ...page, utm: { ...page.utm, [['source', 'medium', 'campaign', 'term', 'content'].find((name) => !(name in page.utm)) ?? 'source']: '' } }),
    referrer: () => ({ ...page, referrer: [...page.referrer, ''] }),
    device: () => ({ ...plain, ...(page.visits ? { visits: page.visits } : {}), device: 'mobile' }),
    languages: () => ({ ...page, languages: [...page.languages, ''] }),
    visits: () => ({ ...page, visits: { min: 2 } }),
  };
  const isThere = { device: page.device !== undefined, visits: page.visits !== undefined, utm: Object.keys(page.utm).length >= 5 } as Record<string, boolean>;
  return (
    <Stack gap="sm">
      {page.include.length === 0 && <Text size="sm" c="dimmed">{t('autoMessages.where.every')}</Text>}
      <Patterns name="include" patterns={page.include} readOnly={readOnly} at={at} onChange={(include) => { onChange({ ...page, include }); }} />
      {page.exclude.length > 0 && <Text size="sm" fw={500}>{t('autoMessages.where.but')}</Text>}
      <Patterns name="exclude" patterns={page.exclude} readOnly={readOnly} at={at} onChange={(exclude) => { onChange({ ...page, exclude }); }} />
      <Conditions page={page} readOnly={readOnly} at={at} onChange={onChange} />
      {!readOnly && (
        <Group gap="xs">
          <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} disabled={page.include.length >= MOST} onClick={() => { onChange({ ...page, include: [...page.include, { match: 'glob', pattern: '' }] }); }}>{t('autoMessages.where.add')}</Button>
          <Menu position="bottom-start">
            <Menu.Target><Button size="xs" variant="subtle" leftSection={<IconPlus size={14} aria-hidden />}>{t('autoMessages.where.more')}</Button></Menu.Target>
            <Menu.Dropdown>{(Object.keys(add) as (keyof typeof add)[]).map((key) => <Menu.Item key={key} disabled={isThere[key] ?? false} onClick={() => { onChange(add[key]()); }}>{t(`autoMessages.where.kinds.${key}`)}</Menu.Item>)}</Menu.Dropdown>
          </Menu>
        </Group>
      )}
      <Text size="xs" c="dimmed">{t('autoMessages.where.hint')}</Text>
    </Stack>
  );
}

function Patterns({ name, patterns, readOnly, at, onChange }: { name: 'include' | 'exclude'; patterns: Pattern[]; readOnly: boolean; at: At; onChange(patterns: Pattern[]): void }) {
  const { t } = useTranslation();
  return patterns.map(({ match, pattern }, index) => {
    const label = t(`autoMessages.where.${name}N`, { n: index + 1 });
    return (
      <Group key={index} gap="xs" align="flex-start" wrap="nowrap">
        <TextInput aria-label={label} placeholder={t('autoMessages.where.placeholder')} style={{ flex: 1, minWidth: 0 }} value={pattern} maxLength={200} readOnly={readOnly} error={at(`${name}.${index}.pattern`)} onChange={(event) => { onChange(patterns.with(index, { match, pattern: event.currentTarget.value })); }} />
        <Select aria-label={t('autoMessages.where.matchOf', { label })} w={130} allowDeselect={false} disabled={readOnly} value={match} data={(['glob', 'regex'] as const).map((value) => ({ value, label: t(`autoMessages.where.match.${value}`) }))} onChange={(next) => { onChange(patterns.with(index, { match: next as Pattern['match'], pattern })); }} />
        {!readOnly && <ActionIcon mt={5} variant="subtle" color="gray" aria-label={t('autoMessages.remove', { label })} onClick={() => { onChange(patterns.toSpliced(index, 1)); }}><IconX size={16} aria-hidden /></ActionIcon>}
      </Group>
    );
  });
}
