/**
 * Where the user's own installations of native engines are. They come with the environment of the process, so that
 * they reach the trainer and the trials it starts, and never with a run's files: those may come from anyone, and what
 * lies there is loaded as native code.
 */
export interface EngineLocations {
  /** Folder of an onnxruntime-node with CUDA libraries, or of a project that has it installed. */
  readonly cuda?: string;
  /** Folder of @tensorflow/tfjs-node or tfjs-node-gpu, or of a project that has one installed. */
  readonly tensorflow?: string;
}

/** What each location is called where a user sets it. */
export const locationNames = {
  cuda: { setting: 'climateClustering.cuda.path', option: '--cuda', variable: 'CLIMATE_CLUSTERING_CUDA' },
  tensorflow: {
    setting: 'climateClustering.tensorflow.path',
    option: '--tensorflow',
    variable: 'CLIMATE_CLUSTERING_TENSORFLOW',
  },
} as const satisfies Record<keyof EngineLocations, object>;

export function locationsFrom(environment: NodeJS.ProcessEnv): EngineLocations {
  const { cuda, tensorflow } = locationNames;
  return {
    cuda: environment[cuda.variable] || undefined,
    tensorflow: environment[tensorflow.variable] || undefined,
  };
}

/** `locations` as variables of an environment; what is not set is not in it. */
export function locationsEnvironment(locations: EngineLocations): Record<string, string> {
  const pairs = (['cuda', 'tensorflow'] as const).flatMap((which) =>
    locations[which] ? [[locationNames[which].variable, locations[which]] as const] : [],
  );
  return Object.fromEntries(pairs);
}

/** "the setting "climateClustering.cuda.path", --cuda or CLIMATE_CLUSTERING_CUDA": where to name a location. */
export function whereToSet(which: keyof EngineLocations): string {
  const { setting, option, variable } = locationNames[which];
  return `the setting "${setting}", the option ${option} or the variable ${variable}`;
}
