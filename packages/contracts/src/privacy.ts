import type { Classification, Layer } from "./contract";

/** Datasets that people and dashboards read: no direct identifier may reach them, in no version of a contract. */
export const OPEN_DATASETS: ReadonlySet<string> = new Set<Layer>(["gold", "semantic", "quality"]);

/** From what may be seen by most to what may be seen by fewest: who may read one may read those before it. */
export const BY_SENSITIVITY: readonly Classification[] = ["internal", "health", "direct_identifier"];
