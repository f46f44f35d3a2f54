/** As in content/domain/nodes.ts: what a message may consist of. A test compares the two. */
export const ELEMENTS = /^(p|h[23]|blockquote|[uo]l|li|[hb]r|pre|strong|b|em|[ius]|code|small|su[bp]|a|img|section|dialog|div|span|button|form|label|input|textarea)$/;
export const ATTRIBUTES = /^(lang|dir|start|href|src|alt|width|height|class|role|aria-label|autofocus|type|name|value|rows|maxlength|placeholder)$/;
