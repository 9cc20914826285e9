import { Server, type ServerDuplexStream } from "@grpc/grpc-js";
import "../sdk";
import {
  InstructionRequest,
  type InstructionResponse,
  ProcessBundleProgressRequest,
  ProcessBundleSplitRequest,
} from "apache-beam/proto/beam_fn_api";
import { beamFnControlDefinition } from "apache-beam/proto/beam_fn_api.grpc-server";
import { MetricsContainer, MetricsShortIdCache } from "apache-beam/worker/metrics";
import { Worker as SdkWorker } from "apache-beam/worker/worker";
import { Reader } from "protobufjs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listenOnLoopback } from "../listen-on-loopback";
import { metricInfo, metricsData, resetMetrics } from "./bundle-metrics";
import { OwnBundles } from "./own-bundles";
import { Worker } from "./worker";

type Control = ServerDuplexStream<InstructionResponse, InstructionRequest>;

let server: Server;
let endpoint: string;
let opened: Promise<Control>;

beforeEach(async () => {
  server = new Server();
  opened = new Promise((resolve) => {
    const getProcessBundleDescriptor = (): void => undefined;
    server.addService(beamFnControlDefinition, { control: resolve, getProcessBundleDescriptor });
  });
  endpoint = await listenOnLoopback(server);
});

afterEach(() => server.forceShutdown());

const instructions: readonly InstructionRequest["request"][] = [
  {
    oneofKind: "processBundleProgress",
    processBundleProgress: ProcessBundleProgressRequest.create({ instructionId: "ended" }),
  },
  {
    oneofKind: "processBundleSplit",
    processBundleSplit: ProcessBundleSplitRequest.create({ instructionId: "ended" }),
  },
  { oneofKind: "finalizeBundle", finalizeBundle: { instructionId: "ended" } },
  { oneofKind: "monitoringInfos", monitoringInfos: { monitoringInfoId: [] } },
  { oneofKind: "harnessMonitoringInfos", harnessMonitoringInfos: {} },
];

/** What each instruction is answered with: its kind, or an error. */
async function answers(): Promise<Record<string, string>> {
  const control = await opened;
  const given: Record<string, string> = {};
  const all = new Promise<void>((resolve) => {
    control.on("data", ({ instructionId, error, response }: InstructionResponse) => {
      given[instructionId] = error === "" ? String(response.oneofKind) : "an error";
      if (Object.keys(given).length === instructions.length) resolve();
    });
  });
  for (const request of instructions) {
    control.write(InstructionRequest.create({ instructionId: String(request.oneofKind), request }));
  }
  await all;
  return given;
}

test("every instruction is answered in kind, for a bundle that has ended too", async () => {
  const worker = new Worker("w", endpoint, new OwnBundles("w"));
  const kinds = instructions.map(({ oneofKind }) => [oneofKind, oneofKind]);
  expect(await answers()).toEqual(Object.fromEntries(kinds));
  expect((await opened).metadata.get("worker_id")).toEqual(["w"]);
  await worker.stop();
  await worker.finished;
});

test("the SDK's worker answers each of them with an error", async () => {
  const worker = new SdkWorker("w", { controlUrl: endpoint });
  worker.controlChannel.on("error", () => undefined);
  expect([...new Set(Object.values(await answers()))]).toEqual(["an error"]);
  worker.stop();
});

const TOTAL = { metricType: "beam:metric:user:sum_int64:v1", name: "total" };

function int64s(payload: Uint8Array | undefined): number[] {
  const reader = new Reader(payload ?? new Uint8Array());
  const values: number[] = [];
  while (reader.pos < reader.len) values.push(Number(reader.int64()));
  return values;
}

test("a bundle counts from zero, and beyond 32 bits; with the SDK it counts on, and wraps", () => {
  const ours = new MetricsContainer();
  const sdk = new MetricsContainer();
  const ids = new MetricsShortIdCache();
  let ofSdk: number[] = [];
  let ofOurs: number[] = [];
  for (let bundle = 0; bundle < 2; bundle++) {
    sdk.reset();
    sdk.getMetric("t", undefined, TOTAL).update(2 ** 32 + 1);
    ofSdk = [...sdk.monitoringData(ids).values()].flatMap(int64s);
    resetMetrics(ours);
    ours.getMetric("t", undefined, TOTAL).update(2 ** 32 + 1);
    ofOurs = Object.values(metricsData(ours, String(bundle))).flatMap(int64s);
  }
  expect(ofOurs).toEqual([2 ** 32 + 1]);
  expect(ofSdk).toEqual([2]);
});

test("a distribution is four numbers, without a length before them", () => {
  const container = new MetricsContainer();
  const cell = container.getMetric("t", undefined, {
    metricType: "beam:metric:user:distribution_int64:v1",
    name: "sizes",
  });
  for (const size of [3, -1, 2 ** 33]) cell.update(size);
  const [payload] = Object.values(metricsData(container, "b"));
  expect(int64s(payload)).toEqual([3, 2 ** 33 + 2, -1, 2 ** 33]);
});

test("two bundles have no id in common: Prism would lose one of two counts", () => {
  const container = new MetricsContainer();
  container.getMetric("t", undefined, TOTAL).update(1);
  const [first = ""] = Object.keys(metricsData(container, "a"));
  const [second = ""] = Object.keys(metricsData(container, "b"));
  expect(first).not.toBe(second);
  expect(metricInfo(first)).toEqual(metricInfo(second));
  expect(metricInfo(first)).toMatchObject({ urn: TOTAL.metricType, labels: { NAME: "total", PTRANSFORM: "t" } });
});
