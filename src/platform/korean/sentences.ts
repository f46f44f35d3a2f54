/**
 * What we say in English and the same in Korean. `{name}` stands for what differs: `{name}` takes it over, `{name:은/는}` with the
 * particle that fits it, `{name~}` with its own Korean when it is a word or sentence of ours, too. What the Korean leaves out is
 * left out.
 */
export type Sentences = Readonly<Record<string, string>>;
