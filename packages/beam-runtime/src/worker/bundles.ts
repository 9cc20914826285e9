import type {
  ProcessBundleDescriptor,
  ProcessBundleSplitRequest,
  ProcessBundleSplitResponse,
} from "apache-beam/proto/beam_fn_api";
import type { BundleMetrics } from "./bundle-metrics";

/** Where a worker's bundles are processed: in its own process, or in several. */
export interface Bundles {
  /** Ends with what the bundle counted; rejects with what a step threw. */
  process(instructionId: string, descriptor: ProcessBundleDescriptor): Promise<BundleMetrics>;
  /** What a bundle counted so far; nothing for one that has just ended or not yet begun. */
  progress(instructionId: string): Promise<BundleMetrics>;
  /** What is given back of a bundle; nothing where there is no such bundle, or where it cannot be split. */
  split(request: ProcessBundleSplitRequest): Promise<ProcessBundleSplitResponse>;
  /** Ends everything that was opened or started; resolves when it has ended. */
  close(): Promise<void>;
}
