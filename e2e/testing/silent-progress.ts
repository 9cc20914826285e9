/** Progress of a run that nobody watches. */
export const silentProgress = { stage() {}, counters() {}, warn() {}, done() {} };
