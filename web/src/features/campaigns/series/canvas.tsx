import '@xyflow/react/dist/style.css';
import { Text, useComputedColorScheme } from '@mantine/core';
import { BaseEdge, Background, Controls, EdgeLabelRenderer, Handle, Position, ReactFlow, type Edge, type EdgeProps, type Node, type NodeProps, type ReactFlowInstance } from '@xyflow/react';
import { createContext, use, useCallback, useMemo, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { AddStep } from './add-step.tsx';
import { buttonId, useSeries } from './editor-context.tsx';
import classes from './editor.module.css';
import { startOf, stepsById, wayKey, waysOf, waysTo, type Way } from './graph.ts';
import { layoutOf, neighbour, SIZE, type Layout } from './layout.ts';
import type { Step } from './model.js';
import { outlineOf } from './outline.ts';
import { StepButton } from './step-button.tsx';
import { useStepWords, useWayWords } from './step-words.ts';
import { useRemoval } from './use-removal.tsx';
import { useCardWords } from './cards.tsx';

interface Drawn { layout: Layout; faults: ReadonlyMap<string, number>; onKey(event: KeyboardEvent, id: string): void; focusable: string }
const DrawnContext = createContext<Drawn | null>(null);
const useDrawn = (): Drawn => use(DrawnContext)!;

const START = '$start';
const END = '$end';
type StepNode = Node<{ step: Step }, 'step'>;
type WayEdge = Edge<{ way: Way; step: Step | null }, 'way'>;
const FIT = { maxZoom: 1, minZoom: 0.2, padding: 0.05 };
/** What is written on a step can still be read. */
const READABLE = 0.72;
const EDGE = 24;
/** A line says nothing that its steps and their buttons do not say. */
const UNSAID = { ariaRole: 'presentation', ariaLabel: ' ', domAttributes: { 'aria-hidden': true } } as const;

/** The series as a picture. Places are computed, nothing is dragged and no wire drawn by hand: each "+" adds a step where it stands. */
export default function Canvas({ faults }: { faults: ReadonlyMap<string, number> }) {
  const { t } = useTranslation();
  const { series, at } = useSeries();
  const scheme = useComputedColorScheme('light');
  const outline = useMemo(() => outlineOf(series), [series]);
  const layout = useMemo(() => layoutOf(outline), [outline]);
  const onKey = useCanvasKeys(layout);
  const nodes = useMemo<Node[]>(() => {
    const known = stepsById(series);
    const fixed = { draggable: false, selectable: false, focusable: false };
    return [
      { id: START, type: 'start', position: layout.entry, data: {}, ...fixed, width: SIZE.width, height: SIZE.height },
      ...[...layout.boxes].map(([id, box]): StepNode => ({ id, type: 'step', position: box, data: { step: known.get(id)! }, ...fixed, width: SIZE.width, height: SIZE.height })),
      ...(waysToEnd(series).length > 0 ? [{ id: END, type: 'end', position: layout.end, data: {}, ...fixed, width: SIZE.width, height: SIZE.end }] : []),
    ];
  }, [series, layout]);
  const edges = useMemo<WayEdge[]>(() => {
    const known = stepsById(series);
    const ways = [startOf(series), ...[...layout.boxes.keys()].flatMap((id) => waysOf(known.get(id)!, known))];
    return ways.map((way) => ({ id: wayKey(way), source: way.from ?? START, target: way.to ?? END, type: 'way', focusable: false, selectable: false, ...UNSAID, data: { way, step: way.from === null ? null : known.get(way.from)! } }));
  }, [series, layout]);
  const drawn = useMemo<Drawn>(() => ({ layout, faults, onKey, focusable: at !== null && layout.boxes.has(at) ? at : START }), [layout, faults, onKey, at]);
  const words = useMemo(() => ({
    'controls.ariaLabel': t('series.canvas.controls'), 'controls.zoomIn.ariaLabel': t('series.canvas.zoomIn'), 'controls.zoomOut.ariaLabel': t('series.canvas.zoomOut'), 'controls.fitView.ariaLabel': t('series.canvas.fit'),
    'node.a11yDescription.default': '', 'edge.a11yDescription.default': '', 'handle.ariaLabel': '', 'minimap.ariaLabel': '',
  }), [t]);
  return (
    <DrawnContext value={drawn}>
      <section className={classes.canvas} aria-label={t('series.views.canvas')}>
        <ReactFlow
          nodes={nodes} edges={edges} nodeTypes={NODES} edgeTypes={EDGES} colorMode={scheme} ariaLabelConfig={words} fitViewOptions={FIT} onInit={(flow) => { show(flow, layout); }} minZoom={0.2} maxZoom={1.5}
          nodesDraggable={false} nodesConnectable={false} elementsSelectable={false} nodesFocusable={false} edgesFocusable={false} disableKeyboardA11y deleteKeyCode={null} zoomOnDoubleClick={false} panOnScroll zoomActivationKeyCode={['Meta', 'Control']}
        >
          <Background gap={24} />
          <Controls showInteractive={false} />
        </ReactFlow>
      </section>
    </DrawnContext>
  );
}

/** Begins at the entry, as wide as there is room for and no smaller than can be read. */
function show(flow: ReactFlowInstance<Node, WayEdge>, { boxes }: Layout): void {
  const room = document.querySelector(`.${classes.canvas}`)?.clientWidth ?? SIZE.width;
  const half = Math.max(SIZE.width / 2, ...[...boxes.values()].map(({ x, width }) => Math.max(-x, x + width)));
  const zoom = Math.min(1, Math.max(READABLE, room / 2 / (half + EDGE)));
  void flow.setViewport({ x: room / 2, y: EDGE, zoom });
}

const waysToEnd = (series: Parameters<typeof stepsById>[0]): Way[] => {
  const known = stepsById(series);
  const reached = outlineOf(series);
  const loose = new Set(reached.loose.map(({ id }) => id));
  return [startOf(series), ...[...known.values()].filter(({ id }) => !loose.has(id)).flatMap((step) => waysOf(step, known))].filter(({ to }) => to === null);
};

/** Arrows go to the nearest step in their direction; Delete takes one out. */
function useCanvasKeys(layout: Layout): Drawn['onKey'] {
  const removal = useRemoval();
  const { readOnly } = useSeries();
  return useCallback((event, id) => {
    if (event.key.startsWith('Arrow') && !event.altKey) {
      event.preventDefault();
      const next = neighbour(layout, id === START ? null : id, event.key as 'ArrowUp');
      if (next !== undefined) document.getElementById(next === null ? buttonId(START) : buttonId(next))?.focus();
    }
    if (event.key === 'Delete' && id !== START && !readOnly) { event.preventDefault(); removal.step(id); }
  }, [layout, removal, readOnly]);
}

function StartNode() {
  const { t } = useTranslation();
  const { at, open } = useSeries();
  const { onKey, focusable } = useDrawn();
  const words = useCardWords('$entry');
  return (
    <div className={classes.node}>
      <button type="button" id={buttonId(START)} className={classes.step} data-open={at === '$entry' || undefined} tabIndex={focusable === START ? 0 : -1} onClick={() => { open('$entry'); }} onKeyDown={(event) => { onKey(event, START); }}>
        <Text size="xs" c="dimmed" ta="start">{t('series.cards.$entry')}</Text>
        <Text size="sm" fw={600} lineClamp={2} ta="start">{words}</Text>
      </button>
      <Handle type="source" position={Position.Bottom} className={classes.handle} isConnectable={false} />
    </div>
  );
}

function StepNodeView({ data: { step } }: NodeProps<StepNode>) {
  const { t } = useTranslation();
  const { at, open, series } = useSeries();
  const { faults, onKey, focusable } = useDrawn();
  const { title } = useStepWords(step);
  const ways = waysTo(series, step.id);
  return (
    <div className={classes.node}>
      <Handle type="target" position={Position.Top} className={classes.handle} isConnectable={false} />
      {ways.length > 1 && <div className={classes.joint}><AddStep ways={ways} label={t('series.add.before', { title })} /></div>}
      <StepButton step={step} open={at === step.id} faults={faults.get(step.id) ?? 0} tabIndex={focusable === step.id ? 0 : -1} onOpen={open} onKey={onKey} />
      {step.type !== 'exit' && <Handle type="source" position={Position.Bottom} className={classes.handle} isConnectable={false} />}
    </div>
  );
}

function EndNode() {
  const { t } = useTranslation();
  const { series } = useSeries();
  const ways = waysToEnd(series);
  return (
    <div className={classes.end}>
      <Handle type="target" position={Position.Top} className={classes.handle} isConnectable={false} />
      {ways.length > 1 && <div className={classes.joint}><AddStep ways={ways} label={t('series.add.end')} /></div>}
      {t('series.end')}
    </div>
  );
}

/** A way with its "+" where it begins, so that each arm has its own, and above it what the arm means. */
const TURN = 10;
function WayView({ id, sourceX, sourceY, targetX, targetY, data }: EdgeProps<WayEdge>) {
  const { way, step } = data!;
  const { layout } = useDrawn();
  const plus = layout.pluses.get(id) ?? { x: sourceX, y: sourceY + SIZE.plus };
  const path = `M${sourceX} ${sourceY} v${TURN} H${plus.x} V${targetY - SIZE.meeting - TURN / 2} H${targetX} V${targetY}`;
  return (
    <>
      <BaseEdge id={id} path={path} />
      <EdgeLabelRenderer>
        <div className={`${classes.edge} nodrag nopan`} style={{ transform: `translate(-50%, 0) translate(${plus.x}px, ${plus.y}px)` }}>
          {step && waysOf(step).length > 1 ? <NamedWay step={step} way={way} /> : <PlainWay way={way} />}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}

function NamedWay({ step, way }: { step: Step; way: Way }) {
  const { t } = useTranslation();
  const name = useWayWords(step, way);
  return <><span className={classes.way} title={name}>{name}</span><AddStep ways={[way]} label={t('series.add.on', { way: name })} /></>;
}

function PlainWay({ way }: { way: Way }) {
  const { t } = useTranslation();
  const { series } = useSeries();
  const step = way.from === null ? null : stepsById(series).get(way.from);
  return step ? <After step={step} way={way} /> : <AddStep ways={[way]} label={t('series.add.first')} />;
}

function After({ step, way }: { step: Step; way: Way }) {
  const { t } = useTranslation();
  const { title } = useStepWords(step);
  return <AddStep ways={[way]} label={t('series.add.after', { title })} />;
}

const NODES = { start: StartNode, step: StepNodeView, end: EndNode };
const EDGES = { way: WayView };
