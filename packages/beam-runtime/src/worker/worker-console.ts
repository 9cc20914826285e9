import { Console } from "node:console";
import { Writable } from "node:stream";
import "../sdk";
import { LogEntry_Severity_Enum as Severity } from "apache-beam/proto/beam_fn_api";
import type { LoggingChannel } from "./logging-channel";

const SEVERITIES = {
  trace: Severity.TRACE,
  debug: Severity.DEBUG,
  log: Severity.INFO,
  info: Severity.INFO,
  warn: Severity.WARN,
  error: Severity.ERROR,
} as const;

/** A console whose every line is an entry of the log, of the severity that the method names. */
export function workerConsole(log: Pick<LoggingChannel, "log">): Console {
  let severity: Severity | undefined;
  const lines = (otherwise: Severity): Writable =>
    new Writable({
      decodeStrings: false,
      write(text: string, _encoding, done) {
        log.log(severity ?? otherwise, text.replace(/\n$/, ""));
        done();
      },
    });
  const made = new Console({ stdout: lines(Severity.INFO), stderr: lines(Severity.ERROR) });
  for (const [name, ofMethod] of Object.entries(SEVERITIES)) {
    const method = name as keyof typeof SEVERITIES;
    const write = made[method].bind(made);
    made[method] = (...parts: unknown[]) => {
      // console.trace writes by console.error: the method that was called says how bad it is.
      const outer = severity;
      severity ??= ofMethod;
      try {
        write(...parts);
      } finally {
        severity = outer;
      }
    };
  }
  return made;
}
