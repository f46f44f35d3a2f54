import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { xml } from '@codemirror/lang-xml';
import { bracketMatching, defaultHighlightStyle, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { Annotation, Compartment, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import classes from './email-editor.module.css';

/** Something wrong at a line, from 1. */
export interface LineFault { line: number; message: string; severity: 'error' | 'warning' }

/** A change that was not typed here. */
const FROM_OUTSIDE = Annotation.define<boolean>();
/** The kinds of words of the library's own style in colours that reach 4.5:1 on each ground. */
const inColours = (colours: readonly string[]) => syntaxHighlighting(HighlightStyle.define(defaultHighlightStyle.specs.map((spec, index) => ({ ...spec, ...(spec.color ? { color: colours[index % colours.length]! } : {}) }))));
const DARK = [EditorView.theme({ '&': { backgroundColor: '#1f2428', color: '#e6edf3' }, '.cm-gutters': { backgroundColor: '#1f2428', color: '#9aa7b1', border: 'none' }, '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: '#2b3238' }, '.cm-content': { caretColor: '#e6edf3' } }, { dark: true }), inColours(['#8fd3f0', '#a6e3a1', '#ffc078', '#f5a3c7', '#c9b6ff'])];
const LIGHT = [EditorView.theme({ '.cm-gutters': { backgroundColor: '#f6f8fa', color: '#4c5a66' }, '.cm-activeLine': { backgroundColor: '#eef6fa' } }), inColours(['#075a7e', '#0b5a2a', '#8a3b00', '#8f1f5a', '#4a2f9c'])];

/** CodeMirror with MJML in it. Escape, then Tab, leaves it, so that nobody who uses the keyboard is caught. */
export default function CodeMirror({ label, value, onChange, readOnly, faults }: { label: string; value: string; onChange(value: string): void; readOnly: boolean; faults: readonly LineFault[] }) {
  const scheme = useComputedColorScheme('light');
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const changed = useRef(onChange);
  useEffect(() => { changed.current = onChange; }, [onChange]);
  const first = useRef({ value, readOnly, label });
  const colours = useRef(new Compartment());
  useEffect(() => {
    const begin = first.current;
    const made = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: begin.value,
        extensions: [
          lineNumbers(), history(), drawSelection(), highlightActiveLine(), bracketMatching(), xml(), EditorView.lineWrapping,
          keymap.of([...defaultKeymap, ...historyKeymap, ...(begin.readOnly ? [] : [indentWithTab])]),
          EditorState.readOnly.of(begin.readOnly), EditorView.editable.of(!begin.readOnly), EditorView.contentAttributes.of({ 'aria-label': begin.label, ...(begin.readOnly ? { tabindex: '0' } : {}) }),
          colours.current.of([]),
          EditorView.updateListener.of(({ docChanged, state, transactions }) => { if (docChanged && !transactions.some((one) => one.annotation(FROM_OUTSIDE))) changed.current(state.doc.toString()); }),
        ],
      }),
    });
    view.current = made;
    return () => { made.destroy(); };
  }, []);
  useEffect(() => { view.current?.dispatch({ effects: colours.current.reconfigure(scheme === 'dark' ? DARK : LIGHT) }); }, [scheme]);
  useEffect(() => {
    const now = view.current;
    if (now && now.state.doc.toString() !== value) now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: value }, annotations: FROM_OUTSIDE.of(true) });
  }, [value]);
  useEffect(() => {
    const now = view.current;
    if (!now) return;
    const found = faults.map(({ line, message, severity }): Diagnostic => {
      const { from, to } = now.state.doc.line(Math.min(Math.max(1, line), now.state.doc.lines));
      return { from, to, message, severity };
    });
    now.dispatch(setDiagnostics(now.state, found));
  }, [faults]);
  return <div ref={place} className={classes.code} />;
}
