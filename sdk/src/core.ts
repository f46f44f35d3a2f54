/** Entry of the script tag; grows into the whole core. */
export {};
