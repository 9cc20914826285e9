import "./sdk";
import { type Coder, Context, globalRegistry, writeRawBytes } from "apache-beam/coders/coders";
import { GeneralObjectCoder } from "apache-beam/coders/js_coders";
import { type Coder as CoderProto, Pipeline as PipelineProto } from "apache-beam/proto/beam_runner_api";
import type { Reader, Writer } from "protobufjs";

/** Names the coder in a pipeline's description. */
export const JSON_CODER_URN = "junoplus:coder:json:v1";

/** The field that marks what JSON has no word for; an object of the user's with such a field is wrapped. */
const MARK = "$";

/**
 * Carries any JSON-like value between processes, as JSON text: null, undefined, booleans, strings, every double (NaN,
 * infinities and -0 too), bigint, arrays, plain objects, bytes. The fields of an object are in the order of their names, so
 * equal values have equal bytes and can be keys. Anything else is an error, since it would come out as something else.
 */
export class JsonCoder implements Coder<unknown> {
  encode(element: unknown, writer: Writer, context: Context): void {
    const bytes = Buffer.from(canonicalJson(element));
    if (context === Context.wholeStream) writeRawBytes(bytes, writer);
    else writer.bytes(bytes);
  }

  decode(reader: Reader, context: Context): unknown {
    let bytes: Uint8Array;
    if (context === Context.wholeStream) {
      bytes = reader.buf.subarray(reader.pos, reader.len);
      reader.pos = reader.len;
    } else {
      bytes = reader.bytes();
    }
    return fromCanonicalJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  }

  toProto(): CoderProto {
    return { spec: { urn: JSON_CODER_URN, payload: new Uint8Array() }, componentCoderIds: [] };
  }
}

globalRegistry().registerConstructor(JSON_CODER_URN, () => new JsonCoder());

/** A copy of a pipeline in which this coder stands wherever the SDK's general coder stood: elements, keys, accumulators. */
export function withJsonCoder(pipeline: PipelineProto): PipelineProto {
  const copy = PipelineProto.clone(pipeline);
  for (const { spec } of Object.values(copy.components?.coders ?? {})) {
    if (spec?.urn === GeneralObjectCoder.URN) spec.urn = JSON_CODER_URN;
  }
  return copy;
}

/** A value as JSON text, the same for equal values. */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case "string":
    case "boolean":
      return JSON.stringify(value);
    case "number":
      if (Number.isFinite(value) && !Object.is(value, -0)) return String(value);
      return marked("number", Object.is(value, -0) ? "-0" : String(value));
    case "undefined":
      return marked("undefined");
    case "bigint":
      return marked("bigint", value.toString());
    case "object":
      break;
    default:
      throw new TypeError(`a ${typeof value} cannot be coded: elements are JSON-like values`);
  }
  if (value === null) return "null";
  if (Array.isArray(value)) {
    let text = "[";
    for (let index = 0; index < value.length; index++) {
      text += (index === 0 ? "" : ",") + canonicalJson(value[index]);
    }
    return `${text}]`;
  }
  if (value instanceof Uint8Array) {
    return marked("bytes", Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64"));
  }
  return canonicalObject(value as Record<string, unknown>);
}

function canonicalObject(value: Record<string, unknown>): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new TypeError(`a ${value.constructor.name} cannot be coded: elements are JSON-like values`);
  }
  let text = "{";
  for (const field of Object.keys(value).sort()) {
    text += `${(text === "{" ? "" : ",") + JSON.stringify(field)}:${canonicalJson(value[field])}`;
  }
  text += "}";
  return Object.hasOwn(value, MARK) ? `{"${MARK}":["object",${text}]}` : text;
}

function marked(kind: string, text?: string): string {
  return text === undefined ? `{"${MARK}":["${kind}"]}` : `{"${MARK}":["${kind}","${text}"]}`;
}

/** The value that `canonicalJson` wrote. */
export function fromCanonicalJson(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  return text.includes(`"${MARK}":`) ? revived(parsed) : parsed;
}

function revived(parsed: unknown): unknown {
  if (typeof parsed !== "object" || parsed === null) return parsed;
  if (Array.isArray(parsed)) return parsed.map(revived);
  if (!Object.hasOwn(parsed, MARK)) return revivedFields(parsed);
  const [kind, content] = (parsed as { [MARK]: [string, unknown] })[MARK];
  switch (kind) {
    case "object":
      return revivedFields(content as object);
    case "undefined":
      return undefined;
    case "number":
      return Number(content);
    case "bigint":
      return BigInt(content as string);
    case "bytes":
      return new Uint8Array(Buffer.from(content as string, "base64"));
    default:
      throw new TypeError(`unknown kind of value "${kind}": the text was written by another version`);
  }
}

function revivedFields(parsed: object): object {
  const fields = Object.entries(parsed).map(([field, value]) => [field, revived(value)] as const);
  return Object.fromEntries(fields);
}
