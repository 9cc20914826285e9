import "./sdk";
import {
  Coder as CoderProto,
  CombinePayload,
  type Components,
  ParDoPayload,
  Pipeline as PipelineProto,
  PTransform as TransformProto,
} from "apache-beam/proto/beam_runner_api";
import { combinePerKey, groupByKey } from "apache-beam/transforms/internal";
import { DIRECT_COMBINE_PER_KEY, DIRECT_GROUP_BY_KEY } from "./direct-operators";
import {
  DIRECT_AWAIT_SIDE_INPUTS,
  DIRECT_COLLECT_SIDE_INPUT,
  DIRECT_SIDE_INPUT_CODER,
  type SideInputReader,
} from "./direct-side-inputs";
import { parDo } from "./sdk";

/**
 * A copy of a pipeline that groups, combines and reads side inputs by the direct runner's own operators. A combine becomes
 * one step: its inner GroupByKey, which would keep every value of every key, is cut out.
 */
export function rewriteForDirectRunner(pipeline: PipelineProto): PipelineProto {
  const copy = PipelineProto.clone(pipeline);
  const { components } = copy;
  if (components === undefined) return copy;
  for (const [id, transform] of Object.entries(components.transforms)) {
    const spec = transform.spec;
    if (spec?.urn === combinePerKey.urn) {
      removeInner(components.transforms, transform.subtransforms);
      transform.subtransforms = [];
      const combineFn = CombinePayload.fromBinary(spec.payload).combineFn;
      transform.spec = { urn: DIRECT_COMBINE_PER_KEY, payload: combineFn?.payload ?? new Uint8Array() };
    } else if (spec?.urn === groupByKey.urn) {
      transform.spec = { urn: DIRECT_GROUP_BY_KEY, payload: new Uint8Array() };
    } else if (spec?.urn === parDo.urn) {
      awaitSideInputs(components, id, transform, ParDoPayload.fromBinary(spec.payload).sideInputs);
    }
  }
  return copy;
}

function removeInner(transforms: Components["transforms"], ids: readonly string[]): void {
  for (const id of ids) {
    removeInner(transforms, transforms[id]?.subtransforms ?? []);
    delete transforms[id];
  }
}

/**
 * A step reads its side inputs whole: each is collected, and the step's main input is held back until all are. No element
 * flows from a collecting step to the one that holds back; the edge between them orders them.
 */
function awaitSideInputs(
  { coders, pcollections, transforms }: Components,
  id: string,
  transform: TransformProto,
  sideInputs: ParDoPayload["sideInputs"],
): void {
  const sides = Object.entries(sideInputs);
  if (sides.length === 0) return;
  const [mainTag, mainId] = Object.entries(transform.inputs).find(([tag]) => sideInputs[tag] === undefined) ?? [];
  const main = pcollections[mainId ?? ""];
  if (mainTag === undefined || mainId === undefined || main === undefined) {
    throw new Error(`${transform.uniqueName}: has side inputs only`);
  }
  const coder = { urn: DIRECT_SIDE_INPUT_CODER, payload: new Uint8Array() };
  coders[DIRECT_SIDE_INPUT_CODER] = CoderProto.create({ spec: coder });
  const awaited: Record<string, string> = { [mainTag]: mainId };
  for (const [tag, { accessPattern }] of sides) {
    const sideId = transform.inputs[tag];
    const side = pcollections[sideId ?? ""];
    if (sideId === undefined || side === undefined)
      throw new Error(`${transform.uniqueName}: ${tag} is no input of it`);
    const reader: SideInputReader = {
      transformId: id,
      sideInputId: tag,
      accessPattern: accessPattern?.urn ?? "",
    };
    awaited[tag] = addCollection(pcollections, `${id}/${tag}/collected`, main);
    transforms[`${id}/${tag}/collect`] = TransformProto.create({
      uniqueName: `${transform.uniqueName}/${tag}/collect`,
      spec: { urn: DIRECT_COLLECT_SIDE_INPUT, payload: Buffer.from(JSON.stringify(reader)) },
      inputs: { [tag]: sideId },
      outputs: { collected: awaited[tag] },
    });
    // Nothing flows through this one: the step looks up the side input's coder and windows there.
    const read = { ...side, coderId: DIRECT_SIDE_INPUT_CODER };
    transform.inputs[tag] = addCollection(pcollections, `${id}/${tag}/read`, read);
  }
  const ready = addCollection(pcollections, `${id}/ready`, main);
  transforms[`${id}/await`] = TransformProto.create({
    uniqueName: `${transform.uniqueName}/await`,
    spec: { urn: DIRECT_AWAIT_SIDE_INPUTS, payload: new Uint8Array() },
    inputs: awaited,
    outputs: { ready },
  });
  transform.inputs[mainTag] = ready;
}

function addCollection(
  pcollections: Components["pcollections"],
  id: string,
  like: Components["pcollections"][string],
): string {
  pcollections[id] = { ...like, uniqueName: id };
  return id;
}
