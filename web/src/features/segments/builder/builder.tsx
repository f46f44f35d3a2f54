import { ActionIcon, Button, Card, Code, Group, Menu, SegmentedControl, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../lib/api.ts';
import { IconPlus, IconX } from '../../../ui/icons.ts';
import { ConditionSentence } from './conditions.tsx';
import { groupOf, isGroup, rowOf, type Draft, type Group as GroupOfRows, type Match, type Row } from './draft.ts';
import { KINDS, newCondition, type Kind } from './kinds.ts';

/** Sentences about people: those that hold together or each by itself, groups of them one level deep, and whom to leave out. */
export function Builder({ draft, onChange, readOnly }: { draft: Draft; onChange(draft: Draft): void; readOnly: boolean }) {
  const { t } = useTranslation();
  const [fresh, setFresh] = useState<number | null>(null);
  const added = (row: Row) => { setFresh(row.id); return row; };
  const { items, except } = draft;
  const put = (index: number, item: Row | GroupOfRows | null) => { onChange({ ...draft, items: item ? items.with(index, item) : items.toSpliced(index, 1) }); };
  return (
    <fieldset disabled={readOnly} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
      <Stack gap="sm">
        <MatchChoice label={t('segments.build.people')} match={draft.match} onChange={(match) => { onChange({ ...draft, match }); }} />
        {items.map((item, index) => (isGroup(item)
          ? <GroupCard key={item.id} group={item} fresh={fresh} added={added} onChange={(next) => { put(index, next); }} />
          : <RowCard key={item.id} row={item} fresh={item.id === fresh} onChange={(next) => { put(index, next); }} />))}
        {items.length === 0 && except.length === 0 && !readOnly && <Starts onPick={(kind) => { onChange({ ...draft, items: [added(rowOf(newCondition(kind)))] }); }} />}
        {!readOnly && (items.length > 0 || except.length > 0) && (
          <Group gap="xs">
            <AddMenu label={t('segments.build.add')} onPick={(kind) => { onChange({ ...draft, items: [...items, added(rowOf(newCondition(kind)))] }); }} />
            {items.length > 0 && <AddMenu label={t('segments.build.addGroup')} onPick={(kind) => { const group = groupOf('any', [newCondition(kind)]); added(group.rows[0]!); onChange({ ...draft, items: [...items, group] }); }} />}
            {except.length === 0 && <AddMenu label={t('segments.build.addExcept')} onPick={(kind) => { onChange({ ...draft, except: [added(rowOf(newCondition(kind)))] }); }} />}
          </Group>
        )}
        {except.length > 0 && (
          <Stack gap="sm" component="section" aria-label={t('segments.build.except')}>
            <Text fw={600} size="sm">{t('segments.build.except')}</Text>
            {except.map((row, index) => <RowCard key={row.id} row={row} fresh={row.id === fresh} onChange={(next) => { onChange({ ...draft, except: next ? except.with(index, next) : except.toSpliced(index, 1) }); }} />)}
            {!readOnly && <AddMenu label={t('segments.build.orExcept')} onPick={(kind) => { onChange({ ...draft, except: [...except, added(rowOf(newCondition(kind)))] }); }} />}
          </Stack>
        )}
      </Stack>
    </fieldset>
  );
}

function MatchChoice({ label, match, onChange }: { label: string; match: Match; onChange(match: Match): void }) {
  const { t } = useTranslation();
  return <Group gap="xs"><Text size="sm">{label}</Text><SegmentedControl size="xs" aria-label={label} value={match} data={(['all', 'any'] as const).map((value) => ({ value, label: t(`segments.build.${value}`) }))} onChange={(value) => { onChange(value as Match); }} /></Group>;
}

function RowCard({ row, fresh, onChange }: { row: Row; fresh: boolean; onChange(row: Row | null): void }) {
  const { t } = useTranslation();
  return (
    <Card withBorder padding="xs" component="fieldset" m={0} miw={0} aria-label={t('segments.build.condition')}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>{row.shown ? <ConditionSentence node={row.node} fresh={fresh} onChange={(node) => { onChange({ ...row, node }); }} /> : <Kept row={row} />}</div>
        <ActionIcon variant="subtle" color="gray" size={28} aria-label={t('segments.build.remove')} onClick={() => { onChange(null); }}><IconX size={16} aria-hidden /></ActionIcon>
      </Group>
    </Card>
  );
}

/** A part deeper than the builder shows: said by the server, kept to the letter. */
function Kept({ row }: { row: Row }) {
  const { t, i18n } = useTranslation();
  const [open, setOpen] = useState(false);
  const said = useQuery({ queryKey: ['said', row.node], queryFn: () => answer(api.POST('/v1/segments/estimate', { body: { definition: row.node } })), staleTime: Infinity });
  const sentence = said.data?.sentence;
  return (
    <Stack gap={4}>
      <Text size="sm">{sentence ? (i18n.language === 'ko' ? sentence.ko : sentence.en) : t('segments.build.deeper')}</Text>
      <Group gap="xs"><Text size="xs" c="dimmed">{t('segments.build.kept')}</Text><Button size="compact-xs" variant="subtle" aria-expanded={open} onClick={() => { setOpen(!open); }}>JSON</Button></Group>
      {open && <Code block tabIndex={0} aria-label="JSON">{JSON.stringify(row.node, null, 2)}</Code>}
    </Stack>
  );
}

function GroupCard({ group, fresh, added, onChange }: { group: GroupOfRows; fresh: number | null; added(row: Row): Row; onChange(group: GroupOfRows | null): void }) {
  const { t } = useTranslation();
  const change = (rows: Row[]) => { onChange(rows.length > 0 ? { ...group, rows } : null); };
  return (
    <Card withBorder padding="sm" component="fieldset" m={0} miw={0} aria-label={t('segments.build.group')}>
      <Stack gap="xs">
        <MatchChoice label={t('segments.build.groupOf')} match={group.match} onChange={(match) => { onChange({ ...group, match }); }} />
        {group.rows.map((row, index) => <RowCard key={row.id} row={row} fresh={row.id === fresh} onChange={(next) => { change(next ? group.rows.with(index, next) : group.rows.toSpliced(index, 1)); }} />)}
        <AddMenu label={t('segments.build.addInside')} onPick={(kind) => { change([...group.rows, added(rowOf(newCondition(kind)))]); }} />
      </Stack>
    </Card>
  );
}

/** The sentences to begin with, all in sight: one click instead of two. */
function Starts({ onPick }: { onPick(kind: Kind): void }) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs" component="section" aria-label={t('segments.build.start')}>
      <Text size="sm" c="dimmed">{t('segments.build.start')}</Text>
      <Group gap="xs">{KINDS.map((kind) => <Button key={kind} variant="default" size="sm" onClick={() => { onPick(kind); }}>{t(`segments.kind.${kind}`)}</Button>)}</Group>
    </Stack>
  );
}

function AddMenu({ label, onPick }: { label: string; onPick(kind: Kind): void }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-start" returnFocus={false}>
      <Menu.Target><Button variant="light" size="xs" w="fit-content" leftSection={<IconPlus size={14} aria-hidden />}>{label}</Button></Menu.Target>
      <Menu.Dropdown>{KINDS.map((kind) => <Menu.Item key={kind} onClick={() => { onPick(kind); }}>{t(`segments.kind.${kind}`)}</Menu.Item>)}</Menu.Dropdown>
    </Menu>
  );
}
