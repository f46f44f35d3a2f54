/** As in content/domain/nodes.ts: what an in-app message may consist of. A test compares the two. */
export const ELEMENTS = /^(p|h[23]|blockquote|[uo]l|li|[hb]r|pre|strong|b|em|[ius]|code|small|su[bp]|a|img)$/;
export const ATTRIBUTES = /^(lang|dir|start|href|src|alt|width|height)$/;
