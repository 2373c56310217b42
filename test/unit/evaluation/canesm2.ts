import { existsSync } from 'node:fs';
import { missingPython, python } from './python';

const file = '../shared/data/reanalysis/canesm2_365day_quebec_daily_2095.nc';

/** Why the CanESM2 table cannot be had here; undefined when it can. */
export const missingCanesm2 = existsSync(file) ? missingPython('netCDF4') : 'no ../shared/data';

/**
 * The table behind the golden values: tasmax, tasmin and pr of the CanESM2 file, missing values := the mean of
 * everything, min-max per column. Read with netCDF4, so that it does not depend on our own reader.
 */
export function canesm2Table(): { x: Float32Array; n: number; d: number } {
  const n = 365;
  const d = 36 * 36 * 3;
  const base64 = python<string>(`
import netCDF4, base64
data = netCDF4.Dataset(${JSON.stringify(file)})
table = np.stack([np.ma.filled(data[v][:].astype('f8'), np.nan) for v in ('tasmax', 'tasmin', 'pr')], axis=-1)
table = np.where(np.isnan(table), np.nanmean(table), table).reshape(${n}, -1)
low, high = table.min(0), table.max(0)
table = (table - low) / np.where(high > low, high - low, 1)
result = base64.b64encode(table.astype('<f4').tobytes()).decode()
`);
  const bytes = Buffer.from(base64, 'base64');
  return { x: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)), n, d };
}
