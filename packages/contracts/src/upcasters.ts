import type { Upcasters } from "./contract";

/**
 * The upcasters of every change log whose documents claim their version, by the contract's title and the major that they
 * read: `bronze_visits: { 1: toMajorTwo }`. One file a contract, below `upcasters/`.
 */
export const upcasters: Readonly<Record<string, Upcasters>> = {};
