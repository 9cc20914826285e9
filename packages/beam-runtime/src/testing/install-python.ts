import { installPython } from "./python-job-service";

/** Installs Python's job service, so that suites run on it from now on. */
void installPython().then((path) => process.stdout.write(`${path}\n`));
