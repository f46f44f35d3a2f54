import { piecesOf } from '../../../lib/templates.ts';
import classes from './template-text.module.css';

/** What a template says, its fields as chips with their names as in the editor of texts. */
export function TemplateText({ text }: { text: string }) {
  return piecesOf(text).map((piece, index) => ('text' in piece ? <span key={index}>{piece.text}</span> : <span key={index} className={classes.field}>{piece.fallback === null ? piece.field : `${piece.field} · “${piece.fallback}”`}</span>));
}
