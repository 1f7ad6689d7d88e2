/** What is made from the option tables: a JSON Schema for editors, and the reference in docs/. */
export { jsonSchema } from './json-schema.ts';
export { optionReference } from './reference.ts';
