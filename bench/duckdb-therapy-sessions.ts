import { rmSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";

/**
 * silver_therapy_sessions as SQL people write it, from the same files, on one thread: newest change by document, types and
 * ranges checked by TRY_CAST, flattened into a sorted table of a database file. It does less than the pipeline does: no
 * exact duplicates, no reasons for rejection, no nanoseconds, no audit.
 */
export async function duckDbTherapySessions(directory: string, databasePath: string): Promise<{ rows: number }> {
  rmSync(databasePath, { force: true });
  const instance = await DuckDBInstance.create(databasePath, { threads: "1" });
  const connection = await instance.connect();
  try {
    await connection.run(`CREATE TABLE silver_therapy_sessions AS ${sql(directory)}`);
    const reader = await connection.runAndReadAll("SELECT count(*)::INTEGER AS n FROM silver_therapy_sessions");
    return { rows: Number(reader.getRows()[0]?.[0]) };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function sql(directory: string): string {
  const files = `${directory.replace(/'/g, "''")}/therapy_sessions_data_raw_changelog*.ndjson`;
  const instant = (path: string): string =>
    `coalesce(make_timestamp(TRY_CAST(data->>'${path}._seconds' AS BIGINT) * 1000000 + TRY_CAST(data->>'${path}._nanoseconds' AS BIGINT) // 1000), TRY_CAST(data->>'${path}' AS TIMESTAMP))`;
  const int = (path: string): string => `TRY_CAST((data->>'${path}') AS BIGINT)`;
  const inRange = (path: string, maximum: number): string =>
    `((data->'${path}') IS NULL OR json_type(data->'${path}') = 'NULL' OR ${int(path)} BETWEEN 0 AND ${maximum})`;
  return `
    WITH changes AS (
      SELECT timestamp, event_id, operation, TRY_CAST(data AS JSON) AS data,
        regexp_replace(document_name, '^projects/[^/]+/databases/[^/]+/documents/', '') AS path
      FROM read_json('${files}', format = 'newline_delimited', ignore_errors = true, columns = {
        timestamp: 'VARCHAR', event_id: 'VARCHAR', document_name: 'VARCHAR', operation: 'VARCHAR', data: 'VARCHAR'})
    ), winners AS (
      SELECT * FROM changes
      WHERE operation = 'DELETE' OR (json_type(data) = 'OBJECT'
        AND ${inRange("$.feedback.painLevelBefore", 10)} AND ${inRange("$.feedback.painLevelAfter", 10)}
        AND ${inRange("$.initialSettings.heatLevel", 3)} AND ${inRange("$.finalSettings.heatLevel", 3)}
        AND ${inRange("$.initialSettings.tensMode", 3)} AND ${inRange("$.finalSettings.tensMode", 3)}
        AND ${inRange("$.initialSettings.tensLevel", 10)} AND ${inRange("$.finalSettings.tensLevel", 10)})
      QUALIFY row_number() OVER (
        PARTITION BY path ORDER BY timestamp DESC, operation = 'DELETE' DESC, event_id DESC) = 1
    ), flat AS (
      SELECT split_part(path, '/', 4) AS session_id, split_part(path, '/', 2) AS user_id,
        data->>'$.deviceInformation.deviceId' AS device_id, data->>'$.deviceInformation.deviceName' AS device_name,
        data->>'$.deviceInformation.deviceType' AS device_type,
        ${instant("$.sessionInfo.therapyStartTime")} AS start_time, ${instant("$.sessionInfo.therapyEndTime")} AS end_time,
        ${int("$.sessionInfo.therapyDuration")} AS duration_minutes, data->>'$.status' AS status,
        ${int("$.initialSettings.heatLevel")} AS initial_heat, ${int("$.initialSettings.tensMode")} AS initial_mode,
        ${int("$.initialSettings.tensLevel")} AS initial_tens, ${int("$.finalSettings.heatLevel")} AS final_heat,
        ${int("$.finalSettings.tensMode")} AS final_mode, ${int("$.finalSettings.tensLevel")} AS final_tens,
        ${int("$.feedback.painLevelBefore")} AS pain_before, ${int("$.feedback.painLevelAfter")} AS pain_after,
        TRY_CAST(data->>'$.feedback.feedbackCompleted' AS BOOLEAN) AS has_feedback, timestamp AS changed_at
      FROM winners WHERE operation <> 'DELETE'
    )
    SELECT *, CAST(start_time AS DATE) AS session_date,
      CASE WHEN end_time >= start_time THEN date_diff('microsecond', start_time, end_time) / 6e7 END AS elapsed_minutes,
      pain_before - pain_after AS pain_reduction,
      CASE WHEN pain_before > 0 THEN (pain_before - pain_after) / pain_before END AS pain_reduction_pct,
      pain_before - pain_after >= 2 AS was_effective
    FROM flat ORDER BY session_date, user_id, session_id`;
}
