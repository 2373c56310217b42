import type { Frames, TimeAxis } from '../data/frames';
import { encodeTimes, parseTimeUnits } from '../data/cfTime';
import type { Composites } from './composites';
import type { ClassicAttribute, ClassicVariable } from './netcdfWriter';
import { encodeNetcdf, netcdfName } from './netcdfWriter';
import type { ClusteringResult } from './result';
import { mapVariables } from './resultMaps';
import type { RunInfo } from './runJson';
import { type SparseCoefficients, withoutNegligible } from '../evaluation/sparse';

const labelNames = {
  argmax: 'argmax of the soft assignment',
  spectral: 'spectral clustering of the self-expression',
};
const membershipNames = {
  argmax: 'probability of the cluster (soft assignment)',
  spectral: "share of the time step's affinity that goes to the cluster",
};

/**
 * result.nc (CF-1.8): labels, memberships and embedding along time; size and share of each cluster; composite map of each
 * variable and cluster, and the mean map, in the input's units, and their significance; the self-expression where there is
 * one; latitude and longitude; provenance in the attributes.
 */
export function encodeResult(
  frames: Frames,
  result: ClusteringResult,
  info: RunInfo,
  maps: Composites,
): Uint8Array {
  const { clusters, dimensions } = result;
  const { grid } = frames;
  const steps = frames.time.values.length;
  // Dimension variables first, so that no field can take their names.
  const taken = new Set(['time', 'cluster', 'component', 'nonzero']);
  const unique = (text: string): string => {
    const base = netcdfName(text);
    let name = base;
    for (let i = 2; taken.has(name); i++) name = `${base}_${i}`;
    taken.add(name);
    return name;
  };
  const [y, x] = grid.dimensionNames.map(unique);
  const variables: ClassicVariable[] = [
    { name: 'time', dimensions: ['time'], ...timeCoordinate(frames.time) },
    {
      name: 'cluster',
      dimensions: ['cluster'],
      attributes: { long_name: 'cluster', units: '1' },
      data: Int32Array.from({ length: clusters }, (_, k) => k),
    },
  ];
  const coordinates = gridCoordinates(frames, y, x, unique, variables);

  const flags: Record<string, ClassicAttribute> = {
    flag_values: Int32Array.from({ length: clusters }, (_, k) => k),
    flag_meanings: Array.from({ length: clusters }, (_, k) => `cluster_${k}`).join(' '),
  };
  variables.push({
    name: unique('label'),
    dimensions: ['time'],
    attributes: { long_name: `cluster of the time step (${labelNames[result.method]})`, ...flags },
    data: result.labels,
  });
  variables.push({
    name: unique('argmax_label'),
    dimensions: ['time'],
    attributes: { long_name: `cluster of the time step by ${labelNames.argmax}`, ...flags },
    data: result.argmaxLabels,
  });
  if (result.spectralLabels) {
    variables.push({
      name: unique('spectral_label'),
      dimensions: ['time'],
      attributes: {
        long_name: `cluster of the time step by ${labelNames.spectral}`,
        ...flags,
      },
      data: result.spectralLabels,
    });
  }
  variables.push(
    {
      name: unique('membership'),
      dimensions: ['time', 'cluster'],
      attributes: { long_name: membershipNames[result.method], units: '1' },
      data: result.softAssignment,
    },
    {
      name: unique('embedding'),
      dimensions: ['time', 'component'],
      attributes: { long_name: 'embedding of the time step', units: '1' },
      data: result.embedding,
    },
  );

  variables.push(
    {
      name: unique('cluster_size'),
      dimensions: ['cluster'],
      attributes: { long_name: 'number of time steps in the cluster', units: '1' },
      data: maps.sizes,
    },
    {
      name: unique('cluster_share'),
      dimensions: ['cluster'],
      attributes: { long_name: 'share of time in the cluster', units: '1' },
      data: Float32Array.from(maps.sizes, (size) => size / steps),
    },
  );
  variables.push(...mapVariables(frames, maps, { y, x, coordinates, unique }));

  const coefficients = result.selfExpression && withoutNegligible(result.selfExpression);
  if (coefficients) variables.push(...selfExpressionVariables(coefficients, unique));

  return encodeNetcdf({
    dimensions: {
      time: steps,
      cluster: clusters,
      component: dimensions,
      [y]: grid.height,
      [x]: grid.width,
      ...(coefficients && { nonzero: coefficients.value.length }),
    },
    attributes: provenance(info),
    variables,
  });
}

/** Coefficients of the self-expression that are not zero: row, column and value, in this order. */
function selfExpressionVariables(
  { row, column, value }: SparseCoefficients,
  unique: (text: string) => string,
): ClassicVariable[] {
  const variable = (name: string, longName: string, data: ClassicVariable['data']): ClassicVariable => ({
    name: unique(name),
    dimensions: ['nonzero'],
    attributes: { long_name: longName, units: '1' },
    data,
  });
  return [
    variable('self_expression_row', 'time step (0-based) that is expressed by others', row),
    variable('self_expression_column', 'time step (0-based) that it is expressed by', column),
    variable('self_expression_value', 'coefficient of the self-expression; all others are zero', value),
  ];
}

/** The time coordinate, in the units and calendar of the input wherever other software understands them. */
function timeCoordinate(time: TimeAxis): Pick<ClassicVariable, 'attributes' | 'data'> {
  if (time.units === '1') {
    return { attributes: { long_name: 'time step', units: '1', axis: 'T' }, data: time.values };
  }
  // CF's calendar "none" (perpetual conditions) cannot be decoded; our dates are those of the standard one.
  const calendar = time.calendar === 'none' ? 'standard' : time.calendar;
  const attributes = (units: string) => ({
    standard_name: 'time',
    long_name: 'time',
    units,
    calendar,
    axis: 'T',
  });
  if (/\bsince\b/i.test(time.units)) return { attributes: attributes(time.units), data: time.values };
  // Times stored as the digits of a date are no CF units.
  const units = `days since ${time.iso[0].slice(0, time.iso[0].indexOf('T'))}`;
  return { attributes: attributes(units), data: encodeTimes(time.iso, parseTimeUnits(units, calendar)) };
}

/** Adds the grid's coordinate variables; returns the `coordinates` attribute that maps need for two-dimensional ones. */
function gridCoordinates(
  { grid }: Frames,
  y: string,
  x: string,
  unique: (name: string) => string,
  variables: ClassicVariable[],
): string | undefined {
  const latitude = { standard_name: 'latitude', long_name: 'latitude', units: 'degrees_north' };
  const longitude = { standard_name: 'longitude', long_name: 'longitude', units: 'degrees_east' };
  if (grid.kind === 'curvilinear') {
    const [lat, lon] = [unique('lat'), unique('lon')];
    variables.push(
      { name: lat, dimensions: [y, x], attributes: latitude, data: grid.latitude },
      { name: lon, dimensions: [y, x], attributes: longitude, data: grid.longitude },
    );
    return `${lat} ${lon}`;
  }
  const index = (name: string) => ({ long_name: `index along ${name}`, units: '1' });
  variables.push(
    {
      name: y,
      dimensions: [y],
      attributes: { ...(grid.geographic ? latitude : index(y)), axis: 'Y' },
      data: grid.latitude,
    },
    {
      name: x,
      dimensions: [x],
      attributes: { ...(grid.geographic ? longitude : index(x)), axis: 'X' },
      data: grid.longitude,
    },
  );
  return undefined;
}

function provenance(info: RunInfo): Record<string, ClassicAttribute> {
  const { config, versions } = info;
  return {
    Conventions: 'CF-1.8',
    title: `Clusters of time steps by A-DATSC, K = ${info.clusters}`,
    source: `Climate Clustering (A-DATSC) ${versions.extension}, ${info.engine}`,
    history: `${info.started} climate-clustering ${versions.extension}: cluster ${config.files.join(' ')} (seed ${config.seed})`,
    references:
      'Attention-Guided Deep Generative Temporal Subspace Clustering for Multivariate Spatiotemporal Data (A-DATSC)',
    run_id: info.id,
    input_files: info.inputs.map(({ path }) => path).join('\n'),
    input_sha256: info.inputs.map(({ sha256 }) => sha256).join('\n'),
    seed: Int32Array.of(config.seed | 0),
    configuration: JSON.stringify(config),
  };
}
