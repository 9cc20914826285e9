import { type PCollection, type PTransform, withName } from "@junoplus/beam-runtime/sdk";
import { ageGroup, type MlTrainingBaseV2, wholeYears } from "@junoplus/contracts";
import { requireForSerialization } from "apache-beam/serialization";
import { isDuringOvulation, isDuringPeriod } from "./cycle-days";
import type { Run } from "./run";
import { onMedication, type SessionContext } from "./session-context";

/** ml_training_base_v2: one row per session with finished feedback. */
export function mlTrainingBase(run: Run): PTransform<PCollection<SessionContext>, PCollection<MlTrainingBaseV2>> {
  return withName("mlTrainingBase", (contexts: PCollection<SessionContext>) =>
    contexts.flatMap(withName("trainingRows", trainingRows), run),
  );
}

/** Worker function: the row of a session with finished feedback; others have none. */
export function* trainingRows(context: SessionContext, run: Run): Generator<MlTrainingBaseV2> {
  if (context.session.has_feedback === true) yield toMlTrainingBase(context, run);
}

/** The training row of a session. */
export function toMlTrainingBase(context: SessionContext, { asOf }: Run): MlTrainingBaseV2 {
  const { session, profile, snapshot, medicationKeys, clock, prior } = context;
  const age = ageAt(profile?.date_of_birth ?? null, session.session_date);
  const cycleDay = snapshot?.cycle_day ?? null;
  return {
    session_id: session.session_id,
    user_id: session.user_id,
    session_date: session.session_date,
    start_time: session.start_time,
    end_time: session.end_time,
    duration_minutes: session.duration_minutes,
    device_name: session.device_name,
    device_size: session.device_size,
    pain_after: session.pain_after,
    pain_reduction: session.pain_reduction,
    pain_reduction_pct: session.pain_reduction_pct,
    was_effective: session.was_effective,
    final_heat: session.final_heat,
    final_mode: session.final_mode,
    final_tens: session.final_tens,
    user_adjusted: session.user_adjusted,
    pain_before: session.pain_before,
    initial_heat: session.initial_heat,
    initial_mode: session.initial_mode,
    initial_tens: session.initial_tens,
    cycle_day: cycleDay,
    cycle_phase: snapshot?.cycle_phase ?? null,
    flow_intensity: snapshot?.flow_intensity ?? null,
    period_pain_level: snapshot?.pain_level ?? null,
    high_pain_day: snapshot?.high_pain_day ?? null,
    age,
    age_group: ageGroup(age),
    cycle_length: profile?.cycle_length ?? null,
    period_length: profile?.period_length ?? null,
    on_medication: onMedication(context),
    active_medication_count: medicationKeys?.length ?? null,
    medication_keys: [...(medicationKeys ?? [])],
    hour_of_day: clock?.hourOfDay ?? null,
    day_of_week: clock?.dayOfWeek ?? null,
    time_of_day: clock?.timeOfDay ?? null,
    is_during_period: isDuringPeriod(cycleDay),
    is_during_ovulation: isDuringOvulation(cycleDay),
    prior_sessions: prior?.count ?? null,
    days_since_previous_session: prior?.daysSinceLast ?? null,
    prior_avg_pain_reduction: prior?.avgPainReduction ?? null,
    processed_at: asOf,
  };
}

function ageAt(birthday: string | null, day: string | null): number | null {
  return birthday === null || day === null ? null : wholeYears(birthday, day);
}

requireForSerialization("@junoplus/gold-aggregates/ml-training-base", exports);
