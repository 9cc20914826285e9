import { WarehouseUrlError } from "./errors";

/** The project that holds the datasets, and where they lie. */
export interface BigQueryPlace {
  readonly project: string;
  readonly location: string;
}

/** As BigQuery's own default. */
const DEFAULT_LOCATION = "US";

/** Reads `bigquery:PROJECT[/LOCATION]`. Throws WarehouseUrlError. */
export function bigQueryPlace(url: string): BigQueryPlace {
  const [project = "", location = DEFAULT_LOCATION, ...rest] = url.replace(/^bigquery:/, "").split("/");
  if (project === "") throw new WarehouseUrlError(url, "it names no project");
  // A project of a domain has the domain before a colon.
  if (!/^([a-z0-9.-]+:)?[a-z][a-z0-9-]*[a-z0-9]$/.test(project)) {
    throw new WarehouseUrlError(url, `${project} is no project id (lower-case letters, digits and -)`);
  }
  if (rest.length > 0 || !/^[A-Za-z][A-Za-z0-9-]*$/.test(location)) {
    throw new WarehouseUrlError(url, "what follows the project is no location, such as EU or europe-west1");
  }
  return { project, location };
}
