import { describe, expect, test } from "vitest";
import { cyclePhase, flowIntensity, periodTracking, symptoms } from "./period-tracking";
import { AS_OF, runSilver, second } from "./testing/run-silver";

const PATH = "users/u1/period_tracking/p1";
const change = (at: number, data: unknown, path: string = PATH): { at: number; path: string; data: unknown } => ({
  at,
  path,
  data,
});

describe("a day document", () => {
  test("gives one snapshot with every column, without its notes", async () => {
    const data = {
      date: "2024-08-19",
      cycle_day: 3,
      flow_intensity: "heavy",
      symptoms: ["headache", "cramps", "headache"],
      mood: "tired",
      notes: "free text",
      pain_level: 7,
      status: "logged",
      lastUpdate: { _seconds: 1_724_058_000, _nanoseconds: 501_138_999 },
    };
    const { rows, snapshots } = await runSilver(periodTracking, [change(1, data)]);
    expect(rows).toEqual([
      {
        user_id: "u1",
        cycle_id: null,
        date: "2024-08-19",
        cycle_day: 3,
        flow_intensity: 4,
        symptoms: ["cramps", "headache"],
        mood: "tired",
        pain_level: 7,
        high_pain_day: true,
        cycle_phase: "Menstrual",
        cycle_status: "logged",
        last_update: "2024-08-19T09:00:00.501138Z",
        changed_at: second(1),
        processed_at: AS_OF,
      },
    ]);
    expect(snapshots).toBe(1);
    expect(JSON.stringify(rows)).not.toContain("free text");
  });

  test("with nothing but its date has NULL, and no symptoms", async () => {
    const { rows } = await runSilver(periodTracking, [
      change(1, { date: "2024-08-19T23:30:00-01:00", symptoms: null }),
    ]);
    expect(rows).toEqual([
      {
        ...{ user_id: "u1", cycle_id: null, date: "2024-08-20", cycle_day: null, flow_intensity: null, symptoms: [] },
        ...{
          mood: null,
          pain_level: null,
          high_pain_day: null,
          cycle_phase: null,
          cycle_status: null,
          last_update: null,
        },
        ...{ changed_at: second(1), processed_at: AS_OF },
      },
    ]);
  });

  test("without a date is rejected, whatever else it says", async () => {
    const { rows, rejected } = await runSilver(periodTracking, [change(1, { cycle_day: 3 })]);
    expect(rows).toEqual([]);
    expect(rejected.map(({ rejections }) => rejections[0]?.reason)).toEqual(["no_date"]);
  });
});

describe("a cycle document", () => {
  test("gives a snapshot for each of its days, with its own id and status", async () => {
    const data = {
      status: "completed",
      lastUpdate: "2024-08-24T08:00:00Z",
      startDate: "2024-08-01",
      days: [
        {
          date: { _seconds: 1_724_025_600, _nanoseconds: 0 },
          cycle_day: 1,
          flow_intensity: 3,
          symptoms: "b, a",
          mood: "low",
          pain_level: 6,
        },
        { date: "2024-08-20", cycle_day: 14 },
      ],
    };
    const { rows } = await runSilver(periodTracking, [change(1, data)]);
    const cycle = {
      user_id: "u1",
      cycle_id: "p1",
      cycle_status: "completed",
      last_update: "2024-08-24T08:00:00.000000Z",
      changed_at: second(1),
      processed_at: AS_OF,
    };
    expect(rows).toEqual([
      {
        ...cycle,
        date: "2024-08-19",
        cycle_day: 1,
        flow_intensity: 3,
        symptoms: ["a", "b"],
        mood: "low",
        pain_level: 6,
        high_pain_day: false,
        cycle_phase: "Menstrual",
      },
      {
        ...cycle,
        date: "2024-08-20",
        cycle_day: 14,
        flow_intensity: null,
        symptoms: [],
        mood: null,
        pain_level: null,
        high_pain_day: null,
        cycle_phase: "Ovulation",
      },
    ]);
  });

  test.each([
    ["an empty list of days", { startDate: "2024-08-01", days: [], status: "active" }],
    ["no list of days", { startDate: "2024-08-01", status: "active" }],
    ["no day that is not rejected", { startDate: "2024-08-01", days: [{ cycle_day: 1 }], status: "active" }],
  ])("with %s gives one snapshot on the day that it starts", async (_case, data) => {
    const { rows } = await runSilver(periodTracking, [change(1, data)]);
    expect(rows).toMatchObject([{ cycle_id: "p1", date: "2024-08-01", cycle_day: null, cycle_status: "active" }]);
  });

  test("needs no start where it has days", async () => {
    const { rows, rejected } = await runSilver(periodTracking, [change(1, { days: [{ date: "2024-08-19" }] })]);
    expect(rows).toMatchObject([{ cycle_id: "p1", date: "2024-08-19" }]);
    expect(rejected).toEqual([]);
  });

  test("without days and without start is rejected", async () => {
    const { rows, rejected } = await runSilver(periodTracking, [change(1, { days: [], status: "active" })]);
    expect(rows).toEqual([]);
    expect(rejected.map(({ rejections }) => rejections[0]?.reason)).toEqual(["no_date"]);
  });

  test("with days that are all rejected and without start gives none, and stands", async () => {
    const { rows, rejected } = await runSilver(periodTracking, [
      change(1, { days: [{ date: "2024-08-19" }] }),
      change(2, { days: [{ cycle_day: 1 }] }),
    ]);
    expect(rows).toEqual([]);
    expect(rejected.flatMap(({ rejections }) => rejections.map(({ isEntry, reason }) => [isEntry, reason]))).toEqual([
      [true, "no_date"],
    ]);
  });

  test("loses a broken day alone", async () => {
    const data = {
      days: [{ date: "2024-08-19", pain_level: 11 }, { date: "2024-08-20", pain_level: 10 }, { pain_level: 1 }],
    };
    const { rows, rejected } = await runSilver(periodTracking, [change(1, data)]);
    expect(rows.map(({ date }) => date)).toEqual(["2024-08-20"]);
    expect(
      rejected.flatMap(({ rejections }) => rejections.map(({ reason, pointers }) => [reason, ...pointers])),
    ).toEqual([
      ["breaks_contract", "/days/0/pain_level"],
      ["no_date", "/days/2/date"],
    ]);
  });

  test("with a day twice has the last entry of it", async () => {
    const data = {
      days: [
        { date: "2024-08-19", mood: "first" },
        { date: "2024-08-20" },
        { date: "2024-08-19T12:00:00Z", pain_level: 1 },
      ],
    };
    const { rows, snapshots, displaced } = await runSilver(periodTracking, [change(1, data)]);
    expect(rows.map(({ date, mood, pain_level }) => [date, mood, pain_level])).toEqual([
      ["2024-08-19", null, 1],
      ["2024-08-20", null, null],
    ]);
    expect([snapshots, displaced]).toEqual([3, 1]);
  });
});

describe("a day that two documents describe", () => {
  const CYCLE = "users/u1/period_tracking/cycle";
  const cycle = { days: [{ date: "2024-08-19", mood: "of the cycle" }, { date: "2024-08-20" }] };
  const day = { date: "2024-08-19", pain_level: 3 };
  const told = async (...changes: readonly { at: number; path: string; data: unknown }[]): Promise<unknown> =>
    (await runSilver(periodTracking, changes)).rows.map(({ date, mood, pain_level, cycle_id }) => [
      date,
      mood,
      pain_level,
      cycle_id,
    ]);

  test("is as the later change says, whole: nothing is merged", async () => {
    expect(await told(change(2, cycle, CYCLE), change(1, day))).toEqual([
      ["2024-08-19", "of the cycle", null, "cycle"],
      ["2024-08-20", null, null, "cycle"],
    ]);
    expect(await told(change(1, cycle, CYCLE), change(2, day))).toEqual([
      ["2024-08-19", null, 3, null],
      ["2024-08-20", null, null, "cycle"],
    ]);
  });

  test("is as the earlier change says again, when the later document is deleted or leaves the day", async () => {
    const expected = [["2024-08-19", null, 3, null]];
    expect(await told(change(1, day), change(2, cycle, CYCLE), change(3, null, CYCLE))).toEqual(expected);
    expect(
      await told(change(1, day), change(2, cycle, CYCLE), change(3, { days: [{ date: "2024-08-21" }] }, CYCLE)),
    ).toEqual([...expected, ["2024-08-21", null, null, "cycle"]]);
  });

  test("is another user's day for another user", async () => {
    expect(await told(change(1, day), change(2, day, "users/u2/period_tracking/p1"))).toHaveLength(2);
  });
});

describe("the phase of a cycle day", () => {
  test.each([
    [null, null],
    [-1, null],
    [0, null],
    [1, "Menstrual"],
    [5, "Menstrual"],
    [6, "Follicular"],
    [13, "Follicular"],
    [14, "Ovulation"],
    [16, "Ovulation"],
    [17, "Luteal"],
    [400, "Luteal"],
  ])("%s is %s", (day, phase) => {
    expect(cyclePhase(day)).toBe(phase);
  });
});

describe("flow", () => {
  test.each([
    ["none", 0],
    ["spotting", 1],
    ["light", 2],
    ["medium", 3],
    ["heavy", 4],
    ["very heavy", 5],
    [0, 0],
    [5, 5],
    [undefined, null],
  ])("%s is %s", (flow, number) => {
    expect(flowIntensity(flow)).toBe(number);
  });

  test.each(["gushing", "Heavy", "", "3", 6, -1, 2.5])("%j breaks the contract", async (flow) => {
    const { rows, rejected } = await runSilver(periodTracking, [
      change(1, { date: "2024-08-19", flow_intensity: flow }),
    ]);
    expect(rows).toEqual([]);
    expect(rejected.map(({ rejections }) => rejections[0]?.pointers)).toEqual([["/flow_intensity"]]);
  });
});

describe("symptoms", () => {
  test.each([
    [undefined, []],
    ["", []],
    [" , ,", []],
    [[], []],
    [["cramps"], ["cramps"]],
    ["cramps", ["cramps"]],
    [" headache,cramps , cramps", ["cramps", "headache"]],
    [
      [" cramps", "cramps ", "", "acne"],
      ["acne", "cramps"],
    ],
    [["a, b"], ["a, b"]],
    [
      ["b", "B", "a"],
      ["B", "a", "b"],
    ],
    // UTF-8 byte order, as in the warehouse: beyond U+FFFF comes last.
    [
      ["😀", "\uffff", "é", "z"],
      ["z", "é", "\uffff", "😀"],
    ],
  ])("%j are %j", (value, expected) => {
    expect(symptoms(value)).toEqual(expected);
  });
});

test("pain from 7 on makes a day of high pain; unknown pain makes none and not none", async () => {
  const days = [6, 7, 10, 0, null].map((pain, i) => ({ date: `2024-08-1${i}`, pain_level: pain }));
  const { rows } = await runSilver(periodTracking, [change(1, { days })]);
  expect(rows.map(({ high_pain_day: high }) => high)).toEqual([false, true, true, false, null]);
});
