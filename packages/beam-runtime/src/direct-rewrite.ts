import { CombinePayload, ParDoPayload, Pipeline as PipelineProto } from "apache-beam/proto/beam_runner_api";
import { combinePerKey, groupByKey } from "apache-beam/transforms/internal";
import { parDo } from "apache-beam/transforms/pardo";
import { DIRECT_COMBINE_PER_KEY, DIRECT_GROUP_BY_KEY } from "./direct-operators";

/**
 * A copy of a pipeline that groups and combines by the direct runner's own operators. A combine becomes one step: its
 * inner GroupByKey, which would keep every value of every key, is cut out.
 */
export function rewriteForDirectRunner(pipeline: PipelineProto): PipelineProto {
  const copy = PipelineProto.clone(pipeline);
  const transforms = copy.components?.transforms ?? {};
  for (const transform of Object.values(transforms)) {
    const spec = transform.spec;
    if (spec?.urn === combinePerKey.urn) {
      removeInner(transforms, transform.subtransforms);
      transform.subtransforms = [];
      const combineFn = CombinePayload.fromBinary(spec.payload).combineFn;
      transform.spec = { urn: DIRECT_COMBINE_PER_KEY, payload: combineFn?.payload ?? new Uint8Array() };
    } else if (spec?.urn === groupByKey.urn) {
      transform.spec = { urn: DIRECT_GROUP_BY_KEY, payload: new Uint8Array() };
    }
  }
  return copy;
}

/** True when some step reads a side input. */
export function hasSideInputs(pipeline: PipelineProto): boolean {
  return Object.values(pipeline.components?.transforms ?? {}).some(
    ({ spec }) => spec?.urn === parDo.urn && Object.keys(ParDoPayload.fromBinary(spec.payload).sideInputs).length > 0,
  );
}

type Transforms = NonNullable<PipelineProto["components"]>["transforms"];

function removeInner(transforms: Transforms, ids: readonly string[]): void {
  for (const id of ids) {
    removeInner(transforms, transforms[id]?.subtransforms ?? []);
    delete transforms[id];
  }
}
