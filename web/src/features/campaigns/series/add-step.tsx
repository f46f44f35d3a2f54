import { ActionIcon, Menu, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { IconPlus } from '../../../ui/icons.ts';
import { canExitOn, insert } from './edits.ts';
import { useSeries } from './editor-context.tsx';
import type { Way } from './graph.ts';
import { StepIcon } from './step-icon.tsx';
import { KINDS, type Kind } from './model.js';
import { freeId, newStep } from './new-step.ts';

/** The "+" on these ways, which lead to one place. The new step opens in the inspector. */
export function AddStep({ ways, label }: { ways: readonly Way[]; label: string }) {
  const { t } = useTranslation();
  const { series, change, open, readOnly, used } = useSeries();
  if (readOnly || ways.length === 0) return null;
  const add = (kind: Kind) => {
    const id = freeId(series, kind, used);
    change((now) => insert(now, ways, newStep(kind, id)));
    open(id);
  };
  return (
    <Menu position="bottom" withinPortal returnFocus={false}>
      <Menu.Target><ActionIcon variant="default" radius="xl" size={26} aria-label={label} title={label} className="nodrag nopan"><IconPlus size={14} aria-hidden /></ActionIcon></Menu.Target>
      <Menu.Dropdown><Choices ways={ways} onPick={add} label={t('series.add.what')} /></Menu.Dropdown>
    </Menu>
  );
}

function Choices({ ways, onPick, label }: { ways: readonly Way[]; onPick(kind: Kind): void; label: string }) {
  const { t } = useTranslation();
  const { series } = useSeries();
  const kinds = KINDS.filter((kind) => kind !== 'exit' || canExitOn(series, ways));
  return (
    <>
      <Menu.Label>{label}</Menu.Label>
      {kinds.map((kind) => <Menu.Item key={kind} leftSection={<StepIcon kind={kind} />} aria-label={t(`flow.kinds.${kind}`)} onClick={() => { onPick(kind); }}>{t(`flow.kinds.${kind}`)}<Text size="xs" c="dimmed">{t(`series.hints.${kind}`)}</Text></Menu.Item>)}
    </>
  );
}
