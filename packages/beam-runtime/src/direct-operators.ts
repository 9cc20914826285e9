import "./sdk";
import type { Coder } from "apache-beam/coders/coders";
import { GeneralObjectCoder } from "apache-beam/coders/js_coders";
import { PaneInfoCoder } from "apache-beam/coders/standard_coders";
import { deserializeFn } from "apache-beam/internal/serialize";
import {
  MergeStatus_Enum,
  OutputTime_Enum,
  type PTransform as TransformProto,
  type WindowingStrategy,
} from "apache-beam/proto/beam_runner_api";
import * as operators from "apache-beam/worker/operators";
import { EventLoopTurns } from "./event-loop-turns";
import { type CombineFn, GlobalWindow, type Instant, type PaneInfo, type Window, type WindowedValue } from "./sdk";

/** Groups a whole bundle in memory; the direct runner has one bundle, so this is GroupByKey there. */
export const DIRECT_GROUP_BY_KEY = "beam-runtime:direct:group_by_key:v1";
/** Combines a whole bundle in memory without keeping its values. */
export const DIRECT_COMBINE_PER_KEY = "beam-runtime:direct:combine_per_key:v1";

interface KeyedValue {
  readonly key: unknown;
  readonly value: unknown;
}

interface Group<State> {
  readonly key: unknown;
  readonly window: Window;
  state: State;
}

/** Groups by key and window. */
abstract class DirectGroupingOperator<State> implements operators.IOperator {
  private readonly receiver: operators.Receiver;
  private readonly keyCoder: Coder<unknown>;
  private readonly windowCoder: Coder<Window>;
  /** Groups of the global window whose key is a text, by that text: the common case pays for no other name. */
  private textGroups = new Map<string, Group<State>>();
  /** All other groups, by a name made of window and key. */
  private namedGroups = new Map<string, Group<State>>();

  constructor(
    readonly transformId: string,
    transform: TransformProto,
    context: operators.OperatorContext,
  ) {
    this.receiver = context.getReceiver(only(Object.values(transform.outputs), transformId));
    const input = context.descriptor.pcollections[only(Object.values(transform.inputs), transformId)];
    const coder = context.descriptor.coders[input?.coderId ?? ""];
    const windowing = context.descriptor.windowingStrategies[input?.windowingStrategyId ?? ""];
    const keyCoderId = coder?.componentCoderIds[0];
    if (keyCoderId === undefined || windowing === undefined) {
      throw new Error(`${transformId}: its input has no key coder or no windowing; group a collection of {key, value}`);
    }
    refuseOtherWindowing(transform.uniqueName, windowing);
    this.keyCoder = context.pipelineContext.getCoder(keyCoderId);
    this.windowCoder = context.pipelineContext.getCoder(windowing.windowCoderId);
  }

  protected abstract empty(): State;
  protected abstract add(state: State, value: unknown): State;
  protected abstract output(state: State): unknown;

  async startBundle(): Promise<void> {
    this.textGroups = new Map();
    this.namedGroups = new Map();
  }

  process(element: WindowedValue<unknown>): operators.ProcessResult {
    const { key, value } = element.value as KeyedValue;
    for (const window of element.windows) {
      if (typeof key === "string" && window instanceof GlobalWindow) {
        this.addTo(this.textGroups, key, key, window, value);
      } else {
        this.addTo(this.namedGroups, this.groupName(key, window), key, window, value);
      }
    }
    return operators.NonPromise;
  }

  async finishBundle(): Promise<void> {
    await this.send(this.textGroups);
    await this.send(this.namedGroups);
  }

  private addTo(groups: Map<string, Group<State>>, name: string, key: unknown, window: Window, value: unknown): void {
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { key, window, state: this.add(this.empty(), value) });
    else group.state = this.add(group.state, value);
  }

  private async send(groups: Map<string, Group<State>>): Promise<void> {
    const turns = new EventLoopTurns();
    for (const [name, group] of groups) {
      // Each group is let go once it is sent, so that grouping and what follows never hold everything at once.
      groups.delete(name);
      const pending = this.receiver.receive({
        value: { key: group.key, value: this.output(group.state) },
        windows: [group.window],
        timestamp: endOf(group.window),
        pane: PaneInfoCoder.ONE_AND_ONLY_FIRING as PaneInfo,
      });
      if (pending !== operators.NonPromise) await pending;
      if (turns.due) await turns.take();
    }
  }

  private groupName(key: unknown, window: Window): string {
    const name = keyName(key, this.keyCoder);
    if (window instanceof GlobalWindow) return name;
    return `${operators.encodeToBase64(window, this.windowCoder)} ${name}`;
  }
}

const END_OF_TIME = new GlobalWindow().maxTimestamp();

/** The end of a window. The SDK parses a text each time to tell that of the only window that most pipelines have. */
function endOf(window: Window): Instant {
  return window instanceof GlobalWindow ? END_OF_TIME : window.maxTimestamp();
}

/**
 * Keys that are equal have one name. Numbers are named by their digits: the SDK's general coder cuts whole numbers to 32
 * bits, so that by its bytes 1 and 4294967297 were one key.
 */
function keyName(key: unknown, coder: Coder<unknown>): string {
  if (typeof key === "string") return `s${key}`;
  if (typeof key === "number") return `n${key}`;
  if (Array.isArray(key) && coder instanceof GeneralObjectCoder) {
    return `a${JSON.stringify(key.map((part) => keyName(part, coder)))}`;
  }
  return `c${operators.encodeToBase64(key, coder)}`;
}

function refuseOtherWindowing(step: string, { mergeStatus, outputTime }: WindowingStrategy): void {
  if (mergeStatus !== MergeStatus_Enum.NON_MERGING) {
    throw new Error(
      `${step}: the direct runner does not merge windows; group by fixed or sliding windows, not by sessions`,
    );
  }
  if (outputTime !== OutputTime_Enum.END_OF_WINDOW) {
    throw new Error(`${step}: the direct runner gives a group the end of its window as its time, and no other`);
  }
}

class DirectGroupByKeyOperator extends DirectGroupingOperator<unknown[]> {
  protected empty(): unknown[] {
    return [];
  }

  protected add(values: unknown[], value: unknown): unknown[] {
    values.push(value);
    return values;
  }

  protected output(values: unknown[]): unknown {
    return values;
  }
}

class DirectCombinePerKeyOperator extends DirectGroupingOperator<unknown> {
  private readonly combineFn: CombineFn<unknown, unknown, unknown>;

  constructor(transformId: string, transform: TransformProto, context: operators.OperatorContext) {
    super(transformId, transform, context);
    const payload = transform.spec?.payload ?? new Uint8Array();
    this.combineFn = (deserializeFn(payload) as { combineFn: CombineFn<unknown, unknown, unknown> }).combineFn;
  }

  protected empty(): unknown {
    return this.combineFn.createAccumulator();
  }

  protected add(accumulator: unknown, value: unknown): unknown {
    return this.combineFn.addInput(accumulator, value);
  }

  protected output(accumulator: unknown): unknown {
    return this.combineFn.extractOutput(accumulator);
  }
}

function only<T>(values: readonly T[], transformId: string): T {
  const [value] = values;
  if (value === undefined || values.length > 1) {
    throw new Error(`${transformId}: has ${values.length} inputs or outputs; grouping has exactly one of each`);
  }
  return value;
}

operators.registerOperator(DIRECT_GROUP_BY_KEY, DirectGroupByKeyOperator);
operators.registerOperator(DIRECT_COMBINE_PER_KEY, DirectCombinePerKeyOperator);
