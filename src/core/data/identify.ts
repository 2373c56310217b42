import { UserError } from '../errors';
import type { FileBytes } from './fileBytes';

/** The formats that can be read, by their magic bytes. */
export type FileFormat =
  | { readonly kind: 'classic'; readonly version: 1 | 2 | 5 }
  /** `offset`: size of the user block before the HDF5 signature. */
  | { readonly kind: 'hdf5'; readonly offset: number };

const hdf5Signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * The format of a file by its content, whatever its name: the NetCDF classic family ("CDF" and a version byte) or HDF5,
 * whose signature stands at byte 0, 512, 1024, 2048... Throws a UserError that says what any other file looks like.
 */
export async function identify(file: FileBytes): Promise<FileFormat> {
  const head = await file.read(0, 4096);
  const version = head[3];
  if (startsWith(head, 'CDF') && (version === 1 || version === 2 || version === 5)) {
    return { kind: 'classic', version };
  }
  for (let offset = 0; offset + 8 <= file.size; offset = offset === 0 ? 512 : offset * 2) {
    const bytes = await file.read(offset, 8);
    if (hdf5Signature.every((byte, i) => bytes[i] === byte)) return { kind: 'hdf5', offset };
  }
  throw new UserError(`${file.path} is not a NetCDF file: ${looksLike(head, file.size)}`);
}

/** What a file that is not NetCDF looks like, and what to do about it. */
function looksLike(head: Uint8Array, size: number): string {
  if (size === 0) return 'it is empty (0 bytes). The download or copy has failed; repeat it.';
  if (size < 8) {
    return `it has only ${size} bytes, too few for any header. The download or copy has failed; repeat it.`;
  }
  if (startsWith(head, 'PK\x03\x04') || startsWith(head, 'PK\x05\x06')) {
    return 'it is a ZIP archive, as the Climate Data Store delivers it. Unpack it and give the .nc files inside.';
  }
  if (head[0] === 0x1f && head[1] === 0x8b) return 'it is compressed by gzip. Unpack it with gunzip.';
  if (startsWith(head, 'BZh')) return 'it is compressed by bzip2. Unpack it with bunzip2.';
  if (startsWith(head, '\xfd7zXZ')) return 'it is compressed by xz. Unpack it with unxz.';
  if (startsWith(head, '(\xb5/\xfd')) return 'it is compressed by Zstandard. Unpack it with unzstd.';
  if (asciiOf(head, 257, 5) === 'ustar')
    return 'it is a tar archive. Unpack it and give the .nc files inside.';
  // A GRIB message may follow a bulletin header of some bytes.
  const grib = asciiOf(head, 0, 64).indexOf('GRIB');
  if (grib >= 0) {
    return `it is GRIB${head[grib + 7] === 2 ? ' 2' : ''}. Convert it with "cdo -f nc copy IN.grib OUT.nc" or "grib_to_netcdf -o OUT.nc IN.grib".`;
  }
  if (startsWith(head, 'BUFR')) return 'it is BUFR, which holds observations, not fields.';
  if (startsWith(head, '\x0e\x03\x13\x01')) {
    return 'it is HDF4, the format before HDF5. Convert it, for example with "h4toh5" or "ncl_convert2nc".';
  }
  if (startsWith(head, 'MATLAB 5.0')) return 'it is a MATLAB 5 file. Save it as NetCDF (ncwrite) instead.';
  if (startsWith(head, '%PDF')) return 'it is a PDF document.';
  if (startsWith(head, '\x89PNG')) return 'it is a PNG picture.';
  if (startsWith(head, 'II*\0') || startsWith(head, 'MM\0*')) {
    return 'it is a TIFF picture. Convert it with "gdal_translate -of netCDF".';
  }
  if (startsWith(head, 'version https://git-lfs')) {
    return 'it is a Git LFS pointer, not the data. Fetch the data with "git lfs pull".';
  }
  const text = textOf(head);
  if (text !== undefined) return looksLikeText(text);
  if (startsWith(head, 'CDF')) {
    return `it begins as a NetCDF classic file, but its version byte is ${head[3] ?? 'missing'} instead of 1, 2 or 5. It is damaged, or of a newer kind.`;
  }
  if (size < 32) {
    return `it has only ${size} bytes, and they are not a NetCDF header. The download or copy has failed; repeat it.`;
  }
  const hex = Array.from(head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `its first bytes (${hex}) belong to no format that is known here. Only NetCDF (classic or NetCDF-4) and HDF5 can be read.`;
}

function looksLikeText(text: string): string {
  const start = text.trimStart();
  if (start === '') return 'it holds nothing but white space. The download or copy has failed; repeat it.';
  if (/^<(!doctype html|html)/i.test(start)) {
    return 'it is a web page. The download has led to a login or error page; open the file in a browser to see which.';
  }
  if (start.startsWith('<'))
    return 'it is XML. A server has answered with a message instead of data; open it to see.';
  if (/^netcdf\s+\S+\s*\{/.test(start)) {
    return 'it is CDL, the text form of NetCDF. Convert it with "ncgen -o OUT.nc IN.cdl".';
  }
  if (/^[{[]/.test(start))
    return 'it is JSON text. A server may have answered with a message; open it to see.';
  const lines = start.split(/\r?\n/).slice(0, -1);
  for (const [mark, name] of [
    [',', 'commas'],
    [';', 'semicolons'],
    ['\t', 'tabs'],
  ]) {
    const columns = (lines[0] ?? '').split(mark).length;
    if (
      columns > 1 &&
      lines.length > 1 &&
      lines.slice(0, 5).every((line) => line.split(mark).length === columns)
    ) {
      return `it is a text table (CSV) of ${columns} columns separated by ${name}. Fields on a grid over time are needed; convert it to NetCDF, for example with xarray.`;
    }
  }
  const first = start.split(/\r?\n/)[0];
  return `it is a text file that begins with ${JSON.stringify(first.length > 60 ? first.slice(0, 60) + '...' : first)}.`;
}

function startsWith(head: Uint8Array, latin1: string): boolean {
  return asciiOf(head, 0, latin1.length) === latin1;
}

function asciiOf(head: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...head.subarray(offset, offset + length));
}

/** The head as text, or undefined when it holds control characters or is not UTF-8. */
function textOf(head: Uint8Array): string | undefined {
  if (head.some((byte) => byte < 9 || (byte > 13 && byte < 32) || byte === 127)) return undefined;
  try {
    // The head may end inside a character: `stream` forgives that.
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    return undefined;
  }
}
