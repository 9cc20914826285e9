// First: no other module of the SDK can be loaded before it.
import "./sdk";
import { deserialize, serialize } from "node:v8";
import { type Coder, globalRegistry } from "apache-beam/coders/coders";
import { StateKey } from "apache-beam/proto/beam_fn_api";
import type { Coder as CoderProto, PTransform as TransformProto } from "apache-beam/proto/beam_runner_api";
import * as operators from "apache-beam/worker/operators";
import { createStateKey } from "apache-beam/worker/pardo_context";
import type { MaybePromise, StateProvider } from "apache-beam/worker/state";
import { EventLoopTurns } from "./event-loop-turns";
import type { Window, WindowedValue } from "./sdk";

/** Takes in a side input of one step. */
export const DIRECT_COLLECT_SIDE_INPUT = "beam-runtime:direct:collect_side_input:v1";
/** Holds the elements of a step back until its side inputs are whole. */
export const DIRECT_AWAIT_SIDE_INPUTS = "beam-runtime:direct:await_side_inputs:v1";

/** How side inputs are read: the id and the URN of their coder. */
export const DIRECT_SIDE_INPUT_CODER = "beam-runtime:direct:cloned_value:v1";

/** Whose side input it is: what `DIRECT_COLLECT_SIDE_INPUT` carries as JSON. */
export interface SideInputReader {
  readonly transformId: string;
  readonly sideInputId: string;
  readonly accessPattern: string;
}

type Bytes = Parameters<Coder<unknown>["decode"]>[0];
type Writer = Parameters<Coder<unknown>["encode"]>[1];

/** Any value that can be cloned, as it is; the SDK's general coder cuts whole numbers to 32 bits. */
class ClonedValueCoder implements Coder<unknown> {
  encode(element: unknown, writer: Writer): void {
    writer.bytes(serialize(element));
  }

  decode(reader: Bytes): unknown {
    return deserialize(reader.bytes());
  }

  toProto(): CoderProto {
    return { spec: { urn: DIRECT_SIDE_INPUT_CODER, payload: new Uint8Array() }, componentCoderIds: [] };
  }
}

const clonedValueCoder = new ClonedValueCoder();

/** The side inputs of one run, by the step that reads them and by window. */
export class DirectSideInputs implements StateProvider {
  private readonly elements = new Map<string, Buffer[]>();
  private readonly values = new Map<string, unknown>();

  add(key: StateKey, element: unknown): void {
    const name = nameOf(key);
    const bytes = Buffer.from(operators.encodeToBase64(element, clonedValueCoder), "base64");
    const others = this.elements.get(name);
    if (others === undefined) this.elements.set(name, [bytes]);
    else others.push(bytes);
  }

  getState<T>(key: StateKey, decode: (data: Uint8Array) => T): MaybePromise<T> {
    const name = nameOf(key);
    if (!this.values.has(name))
      this.values.set(name, readManyTimes(decode(Buffer.concat(this.elements.get(name) ?? []))));
    return { type: "value", value: this.values.get(name) as T };
  }
}

/** The SDK's iterable is a generator, empty for every element but the first that reads it. */
function readManyTimes(value: unknown): unknown {
  const isGenerator = typeof (value as Generator | null | undefined)?.next === "function";
  return isGenerator ? [...(value as Generator)] : value;
}

function nameOf(key: StateKey): string {
  return Buffer.from(StateKey.toBinary(key)).toString("base64");
}

class CollectSideInputOperator implements operators.IOperator {
  private readonly reader: SideInputReader;
  private readonly windowCoder: Coder<Window>;
  private readonly sideInputs: DirectSideInputs;

  constructor(
    readonly transformId: string,
    transform: TransformProto,
    { descriptor, pipelineContext, getStateProvider }: operators.OperatorContext,
  ) {
    this.reader = JSON.parse(Buffer.from(transform.spec?.payload ?? []).toString("utf8")) as SideInputReader;
    const [inputId = ""] = Object.values(transform.inputs);
    const windowing = descriptor.windowingStrategies[descriptor.pcollections[inputId]?.windowingStrategyId ?? ""];
    this.windowCoder = pipelineContext.getCoder(windowing?.windowCoderId ?? "") as Coder<Window>;
    this.sideInputs = getStateProvider() as DirectSideInputs;
  }

  async startBundle(): Promise<void> {}

  process(element: WindowedValue<unknown>): operators.ProcessResult {
    const { transformId, sideInputId, accessPattern } = this.reader;
    for (const window of element.windows) {
      this.sideInputs.add(
        createStateKey(transformId, accessPattern, sideInputId, window, this.windowCoder),
        element.value,
      );
    }
    return operators.NonPromise;
  }

  async finishBundle(): Promise<void> {}
}

class AwaitSideInputsOperator implements operators.IOperator {
  private readonly receiver: operators.Receiver;
  private elements: WindowedValue<unknown>[] = [];

  constructor(
    readonly transformId: string,
    transform: TransformProto,
    context: operators.OperatorContext,
  ) {
    this.receiver = context.getReceiver(Object.values(transform.outputs)[0]);
  }

  async startBundle(): Promise<void> {
    this.elements = [];
  }

  process(element: WindowedValue<unknown>): operators.ProcessResult {
    this.elements.push(element);
    return operators.NonPromise;
  }

  async finishBundle(): Promise<void> {
    const turns = new EventLoopTurns();
    for (const element of this.elements) {
      const pending = this.receiver.receive(element);
      if (pending !== operators.NonPromise) await pending;
      if (turns.due) await turns.take();
    }
    this.elements = [];
  }
}

globalRegistry().register(DIRECT_SIDE_INPUT_CODER, ClonedValueCoder);
operators.registerOperator(DIRECT_COLLECT_SIDE_INPUT, CollectSideInputOperator);
operators.registerOperator(DIRECT_AWAIT_SIDE_INPUTS, AwaitSideInputsOperator);
