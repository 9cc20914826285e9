import { pointerNames } from "@junoplus/contracts/json-pointer";
import { findNodeAtLocation, parseTree } from "jsonc-parser";
import { schemaFile } from "../contract-files";
import type { ContractsReview, ReviewedContract } from "./contracts-review";

/** The text of a file of the repository. */
export type ReadFile = (path: string) => string;

/**
 * Workflow commands that put what is refused beside the line that it is about: one for each difference that needs the bump
 * which was not made, or for the whole contract where no difference does.
 */
export function annotations({ contracts }: ContractsReview, read: ReadFile): readonly string[] {
  return contracts.filter(({ faults }) => faults.length > 0).flatMap((contract) => contractAnnotations(contract, read));
}

function contractAnnotations(contract: ReviewedContract, read: ReadFile): readonly string[] {
  const { table, faults, differences, required, status } = contract;
  const file = schemaFile(contract);
  const title = `${table}: ${faults[0]}`;
  const text = status === "removed" ? "" : read(file);
  const own = differences.filter(({ bump }) => bump === required);
  const places = own.length === 0 ? [{ pointer: "/$id", message: faults.join(" ") }] : own;
  return places.map(
    ({ pointer, message }) =>
      `::error file=${property(file)},line=${lineOf(text, pointer)},title=${property(title)}::${data(message)}`,
  );
}

/** The line of a JSON pointer, or of the nearest thing above it that is there; from 1. */
export function lineOf(text: string, pointer: string): number {
  const root = parseTree(text);
  const names = pointerNames(pointer);
  for (let depth = names.length; root !== undefined && depth > 0; depth -= 1) {
    const path = names.slice(0, depth).map((name) => (/^\d+$/.test(name) ? Number(name) : name));
    const node = findNodeAtLocation(root, path);
    if (node !== undefined) return text.slice(0, (node.parent ?? node).offset).split("\n").length;
  }
  return 1;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
