import { ActionIcon, Menu, Text } from '@mantine/core';
import { useCallback, useMemo, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { IconDots } from '../../../ui/icons.ts';
import { AddStep } from './add-step.tsx';
import { duplicate, move } from './edits.ts';
import { focusButton, useSeries } from './editor-context.tsx';
import classes from './editor.module.css';
import type { Item, Line } from './outline.ts';
import { itemsIn, outlineOf } from './outline.ts';
import { StepButton } from './step-button.tsx';
import { useStepWords, useWayWords } from './step-words.ts';
import { useRemoval } from './use-removal.tsx';
import type { Step } from './model.js';

/** The series as nested lists: everything the canvas has, for the keyboard, screen readers and phones. */
export function OutlineView({ faults }: { faults: ReadonlyMap<string, number> }) {
  const { t } = useTranslation();
  const { series } = useSeries();
  const outline = useMemo(() => outlineOf(series), [series]);
  const keys = useOutlineKeys(outline.line);
  return (
    <section aria-label={t('series.outline')}>
      <LineView line={outline.line} faults={faults} keys={keys} end={t('series.add.end')} />
      {outline.line.tail.length > 0 && <Text ta="center" size="sm" c="dimmed">{t('series.end')}</Text>}
      {outline.loose.length > 0 && (
        <section aria-label={t('series.loose')}>
          <Text size="sm" fw={600} mt="md">{t('series.loose')}</Text>
          <Text size="xs" c="dimmed" mb="xs">{t('series.looseHint')}</Text>
          <ul className={classes.arms}>{outline.loose.map((step) => <li key={step.id} className={classes.line}><OneStep step={step} faults={faults} keys={keys} /></li>)}</ul>
        </section>
      )}
    </section>
  );
}

type Keys = (event: KeyboardEvent, id: string) => void;

/** Arrows go from step to step, with Alt they move it, Delete takes it out. */
function useOutlineKeys(line: Line): Keys {
  const { change, readOnly } = useSeries();
  const removal = useRemoval();
  return useCallback((event, id) => {
    const order = itemsIn(line).map(({ step }) => step.id);
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      if (event.altKey) { if (!readOnly) change((series) => move(series, id, step < 0 ? 'up' : 'down')); focusButton(id); } else { const next = order[order.indexOf(id) + step]; if (next !== undefined) focusButton(next); }
    }
    if (event.key === 'Delete' && !readOnly) { event.preventDefault(); removal.step(id); }
  }, [line, change, readOnly, removal]);
}

function LineView({ line, faults, keys, end }: { line: Line; faults: ReadonlyMap<string, number>; keys: Keys; end: string }) {
  return (
    <ol className={classes.list}>
      {line.items.map((item) => <ItemView key={item.step.id} item={item} faults={faults} keys={keys} />)}
      {line.jump !== null && <li><Jump id={line.jump} /></li>}
      {line.tail.length > 0 && <li className={classes.add}><AddStep ways={line.tail} label={end} /></li>}
    </ol>
  );
}

function Jump({ id }: { id: string }) {
  const { t } = useTranslation();
  const { series } = useSeries();
  const step = series.steps.find((one) => one.id === id)!;
  const { title } = useStepWords(step);
  return <Text size="sm" c="dimmed">{t('series.goesOn', { title })}</Text>;
}

function ItemView({ item: { step, before, arms }, faults, keys }: { item: Item; faults: ReadonlyMap<string, number>; keys: Keys }) {
  const { t } = useTranslation();
  const { title } = useStepWords(step);
  return (
    <li className={classes.row}>
      <div className={classes.add}><AddStep ways={before} label={t('series.add.before', { title })} /></div>
      <div className={classes.line}><OneStep step={step} faults={faults} keys={keys} /></div>
      {arms.length > 0 && <ul className={classes.arms}>{arms.map(({ way, line }) => <ArmView key={way.path} step={step} path={way.path} line={line} faults={faults} keys={keys} />)}</ul>}
    </li>
  );
}

function ArmView({ step, path, line, faults, keys }: { step: Step; path: string; line: Line; faults: ReadonlyMap<string, number>; keys: Keys }) {
  const { t } = useTranslation();
  const name = useWayWords(step, { from: step.id, path, to: null });
  return (
    <li className={classes.arm}>
      <Text size="sm" fw={600}>{name}</Text>
      <LineView line={line} faults={faults} keys={keys} end={t('series.add.endOf', { way: name })} />
    </li>
  );
}

function OneStep({ step, faults, keys }: { step: Step; faults: ReadonlyMap<string, number>; keys: Keys }) {
  const { at, open, readOnly } = useSeries();
  return (
    <>
      <StepButton step={step} open={at === step.id} faults={faults.get(step.id) ?? 0} onOpen={open} onKey={keys} />
      {!readOnly && <StepActs step={step} />}
    </>
  );
}

/** What can be done with a step as a whole. */
export function StepActs({ step }: { step: Step }) {
  const { t } = useTranslation();
  const { title } = useStepWords(step);
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target><ActionIcon variant="subtle" color="gray" size={28} aria-label={t('series.acts.menu', { title })}><IconDots size={16} aria-hidden /></ActionIcon></Menu.Target>
      <Menu.Dropdown><ActItems id={step.id} /></Menu.Dropdown>
    </Menu>
  );
}

function ActItems({ id }: { id: string }) {
  const { t } = useTranslation();
  const { series, change, open, used } = useSeries();
  const removal = useRemoval();
  const copied = duplicate(series, id, used);
  const moves = (['up', 'down'] as const).map((direction) => ({ direction, possible: move(series, id, direction) !== series }));
  return (
    <>
      {moves.map(({ direction, possible }) => <Menu.Item key={direction} disabled={!possible} onClick={() => { change((now) => move(now, id, direction)); focusButton(id); }}>{t(`series.acts.${direction}`)}</Menu.Item>)}
      {copied && <Menu.Item onClick={() => { change(() => copied.series); open(copied.id); }}>{t('series.acts.duplicate')}</Menu.Item>}
      <Menu.Item onClick={() => { removal.step(id); }}>{t('series.acts.remove')}</Menu.Item>
    </>
  );
}
