/** @file Attributes of what a shop sells: names, types and values, as feeds give them and stores keep them. */

export type AttributeType = 'string' | 'number' | 'boolean';
export type AttributeValue = string | number | boolean | null;

/** Name of an attribute to its type; fixed when a store is created. */
export type AttributeSchema = { readonly [name: string]: AttributeType };
