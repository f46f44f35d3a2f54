import { HELPERS, MARKS, createEngine, createLookingEngine, MAX_OUTPUT, MissingValue, type RenderState } from './template-helpers.js';
import { RenderFailure } from './compiled.js';

export const engine = createEngine();
const lookingEngine = createLookingEngine();

const helperNames = [...Object.keys(HELPERS), ...Object.values(MARKS)];
const knownHelpers = Object.fromEntries(helperNames.map((name) => [name, true]));

/** An engine that has no helper but those which a source may name: Handlebars wraps each it has for every text it makes. */
const engineFor = (source: string) => createEngine(helperNames.filter((name) => source.includes(name)));

export type PreparedTemplate = (context: object, state: RenderState) => string;

/**
 * Turns a checked source into a function. Costs milliseconds at the first call, so it is kept and never made per
 * recipient. `part` names the place in failures ("subject", "body"). With `looking` the function gathers what is wrong in the
 * state's `found`.
 */
export function prepare(source: string, part: string, escape: boolean, looking = false): PreparedTemplate {
  if (!source.includes('{{')) return () => source;
  const template = (looking ? lookingEngine : engineFor(source)).compile(source, { noEscape: !escape, knownHelpers: knownHelpers as never, knownHelpersOnly: true });
  return (context, state) => {
    if (looking) state.part = part;
    try {
      const made = String(template(context, { data: { danbi: state }, allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false }));
      if (made.length > MAX_OUTPUT) throw new RenderFailure('RENDER_ERROR', `more than ${MAX_OUTPUT / 1024} KB`);
      return made;
    } catch (error) {
      const failure = failureIn(part, error);
      if (!state.found) throw failure;
      state.found.push({ kind: 'render_error', part, subject: failure.detail.replace(`${part}: `, '') });
      return '';
    }
  };
}

function failureIn(part: string, error: unknown): RenderFailure {
  if (error instanceof MissingValue) return new RenderFailure('RENDER_MISSING_VAR', `${part}: ${error.variable} has no value`);
  if (error instanceof RenderFailure) return new RenderFailure(error.code, `${part}: ${error.detail}`);
  return new RenderFailure('RENDER_ERROR', `${part}: ${error instanceof Error ? error.message : 'can not be rendered'}`);
}
