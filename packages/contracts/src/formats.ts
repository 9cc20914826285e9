import { fullFormats } from "ajv-formats/dist/formats";
import { isTimestamp } from "./timestamps";

/**
 * The formats of the contracts. `firestore-timestamp` and `iso-instant` hold for decoded values: text that could not be
 * decoded is not canonical, so it breaks them.
 */
export const formats = {
  date: fullFormats.date,
  "date-time": isTimestamp,
  "firestore-timestamp": isTimestamp,
  "iso-instant": isTimestamp,
} as const;
