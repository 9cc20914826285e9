/**
 * What pipelines use of the Beam SDK, in the one order in which its modules can be loaded. Not its index: that loads the client
 * of Pub/Sub, too, which took half as long as all that a short run does.
 */
export * from "apache-beam/pvalue";
export * from "apache-beam/runners/runner";
export * from "apache-beam/transforms";
export * from "apache-beam/values";
