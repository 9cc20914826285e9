import { silverTherapySessions } from "@junoplus/contracts";
import type { Warehouse } from "@junoplus/warehouse";
import { numberOf } from "../figures";
import { quantity, whole } from "../quantity";
import { chartMarkup } from "./chart";
import { tableMarkup } from "./data-table";
import { type DeviceRate, deviceEffectivenessChart } from "./device-effectiveness-chart";
import { type Html, html } from "./html";
import { wilson } from "./wilson";
import { percent } from "./wording";

const DEVICES_SHOWN = 12;

/** Sessions of one device: all, rated, and of them effective. */
interface DeviceSessions {
  readonly device: string;
  readonly sessions: number;
  readonly rated: number;
  readonly effective: number;
}

/** How often a session was effective, by device, and how sure that is. */
export async function deviceEffectiveness(warehouse: Warehouse): Promise<Html> {
  const devices = await readDevices(warehouse);
  const rates = devices.filter(({ rated }) => rated > 0).map(rateOf);
  const unrated = devices.reduce((total, { sessions, rated }) => total + sessions - rated, 0);
  const body =
    rates.length === 0
      ? html`<p>No session is rated yet.</p>`
      : html`<figure>
${chartMarkup(deviceEffectivenessChart(rates))}
<figcaption>Share of the rated sessions in which pain fell by 2 points or more. The line is the 95 % confidence interval
(Wilson): where lines overlap, the devices may not differ. Not counted:
${quantity(unrated, "session")} without both scores.</figcaption>
</figure>
<details><summary>Effectiveness by device as a table</summary>${rateTable(rates)}</details>`;
  return html`<section aria-labelledby="devices"><h2 id="devices">Effectiveness by device</h2>
${body}</section>`;
}

function rateTable(rates: readonly DeviceRate[]): Html {
  return tableMarkup({
    caption: "Effective sessions by device",
    columns: ["Device", "#Rated sessions", "#Effective", "#Rate", "#95 % from", "#to"],
    rows: rates.map(({ device, rated, effective, rate, low, high }) => [
      device,
      whole(rated),
      whole(effective),
      percent(rate),
      percent(low),
      percent(high),
    ]),
  });
}

function rateOf({ device, rated, effective }: DeviceSessions): DeviceRate {
  return { device, rated, effective, rate: effective / rated, ...wilson(effective, rated) };
}

/** Devices by rated sessions, the rarest together. */
async function readDevices(warehouse: Warehouse): Promise<DeviceSessions[]> {
  if (!(await warehouse.exists(silverTherapySessions))) return [];
  const rows = await warehouse.query(
    `SELECT device_name, COUNT(*) AS session_total, COUNT(was_effective) AS rated_total,
      COUNT(CASE WHEN was_effective THEN 1 END) AS effective_total
    FROM ${warehouse.tableName(silverTherapySessions)} GROUP BY device_name
    ORDER BY rated_total DESC, device_name`,
  );
  const devices = rows.map((row) => ({
    device: row["device_name"] === null ? "Device unknown" : String(row["device_name"]),
    sessions: numberOf(row, "session_total"),
    rated: numberOf(row, "rated_total"),
    effective: numberOf(row, "effective_total"),
  }));
  const others = devices.slice(DEVICES_SHOWN);
  if (others.length < 2) return devices;
  const sum = (column: "sessions" | "rated" | "effective") => others.reduce((all, device) => all + device[column], 0);
  return [
    ...devices.slice(0, DEVICES_SHOWN),
    {
      device: quantity(others.length, "other device"),
      sessions: sum("sessions"),
      rated: sum("rated"),
      effective: sum("effective"),
    },
  ];
}
