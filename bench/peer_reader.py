"""The netCDF4-python peer of bench/reader.ts: writes the files, and reads slabs of them on request.

"peer_reader.py write FOLDER GIGABYTES" writes the files and prints one JSON line. Otherwise it reads one JSON request per
line on standard input and answers with one JSON line:
  {"open": {"file", "variable"}}
  {"slabs": [[[first, count] of each dimension]...], "form": FORM, "verify": bool}
FORM is "automatic" (masked and scaled by netCDF4-python, then filled with NaN) or "by hand" (raw values, scaled and filled
with as few passes over them as numpy allows). The answer has seconds, processor seconds, and the peak of memory in MiB;
when it is to be verified, the number of values, those missing, and the CRC-32 of all values as float32.
"""

import json
import os
import sys
import time
import zlib

import netCDF4
import numpy as np

ROWS, COLUMNS = 181, 360
SCALE, OFFSET, FILL = 0.0018, 282.5, -32768


class Weather:
    """Two fields that look like daily reanalysis: waves with a steep spectrum that move, and a little noise."""

    def __init__(self):
        rng = np.random.default_rng(11)
        wave = np.hypot(np.fft.fftfreq(ROWS) * ROWS, np.fft.fftfreq(COLUMNS)[:, None] * COLUMNS).T
        self.patterns = self.fields(rng, 48, np.maximum(wave, 1.5) ** -2.0)
        self.noise = self.fields(rng, 24, np.maximum(wave, 4.0) ** -0.8)
        self.speed = rng.uniform(0.01, 0.6, 24)
        latitude = np.linspace(90, -90, ROWS)
        self.mean = np.repeat(30 * np.cos(np.radians(latitude)) ** 2 - 15, COLUMNS).astype("f4")
        self.land = self.fields(rng, 1, np.maximum(wave, 1.5) ** -1.5)[0] > 1.2

    @staticmethod
    def fields(rng, n, spectrum):
        noise = np.fft.fft2(rng.normal(size=(n, ROWS, COLUMNS)))
        fields = np.fft.ifft2(noise * spectrum).real.reshape(n, -1)
        return (fields / fields.std(axis=1, keepdims=True)).astype("f4")

    def steps(self, first, count):
        """Stored temperature (packed, missing over land) and pressure (rounded, as in 16 bits of GRIB)."""
        t = np.arange(first, first + count)
        phase = t[:, None] * self.speed
        weather = np.concatenate([np.cos(phase), np.sin(phase)], 1).astype("f4") @ self.patterns
        noise = np.stack([np.roll(self.noise[s % 24], 37 * s) for s in t])
        temperature = self.mean + 1.6 * weather + 0.15 * noise
        packed = np.rint(temperature / SCALE).clip(-32767, 32767).astype("i2")
        packed[:, self.land] = FILL
        pressure = np.rint((101325 + 180 * np.roll(weather, 1000, 1) + 8 * noise) * 4) / 4
        shape = (count, ROWS, COLUMNS)
        return packed.reshape(shape), pressure.astype("f4").reshape(shape)


def create(path, steps, **options):
    kind = "NETCDF3_64BIT_OFFSET" if not options else "NETCDF4"
    dataset = netCDF4.Dataset(path, "w", format=kind)
    for name, size in (("time", steps), ("latitude", ROWS), ("longitude", COLUMNS)):
        dataset.createDimension(name, size)
    time_axis = dataset.createVariable("time", "f8", ("time",))
    time_axis.units = "days since 1990-01-01"
    latitude = dataset.createVariable("latitude", "f4", ("latitude",))
    latitude.units = "degrees_north"
    latitude[:] = np.linspace(90, -90, ROWS)
    longitude = dataset.createVariable("longitude", "f4", ("longitude",))
    longitude.units = "degrees_east"
    longitude[:] = np.arange(COLUMNS)
    dimensions = ("time", "latitude", "longitude")
    t2m = dataset.createVariable("t2m", "i2", dimensions, fill_value=FILL, **options)
    t2m.scale_factor, t2m.add_offset, t2m.units = SCALE, OFFSET, "K"
    msl = dataset.createVariable("msl", "f4", dimensions, **options)
    msl.units = "Pa"
    for variable in (t2m, msl):
        variable.set_auto_maskandscale(False)
    return dataset


def write(folder, gigabytes):
    weather = Weather()
    wanted = gigabytes * 1e9
    deflated = {"zlib": True, "complevel": 4, "shuffle": True}

    def describe(path):
        with netCDF4.Dataset(path) as dataset:
            chunks = {name: dataset[name].chunking() for name in ("t2m", "msl")}
            return {"path": path, "steps": len(dataset["time"]), "bytes": os.path.getsize(path), "chunks": chunks}

    def grow(path, **options):
        """Writes until the file is as large as it is to be."""
        dataset = create(path, None, **options)
        done = 0
        while os.path.getsize(path) < wanted:
            packed, pressure = weather.steps(done, 64)
            dataset["time"][done : done + 64] = np.arange(done, done + 64)
            dataset["t2m"][done : done + 64] = packed
            dataset["msl"][done : done + 64] = pressure
            dataset.sync()
            done += 64
        dataset.close()
        return describe(path)

    def rechunk(path, source, **options):
        """The same values, time being of fixed length: netCDF-C chooses other chunks."""
        with netCDF4.Dataset(source) as old:
            steps = len(old["time"])
            dataset = create(path, steps, **options)
            dataset["time"][:] = np.arange(steps)
            for name in ("t2m", "msl"):
                old[name].set_auto_maskandscale(False)
                # Whole chunks at a time, or each would be deflated again and again.
                chunk = dataset[name].chunking()[0]
                for first in range(0, steps, chunk):
                    dataset[name][first : first + chunk] = old[name][first : first + chunk]
            dataset.close()
        return describe(path)

    classic = grow(f"{folder}/classic.nc")
    deflated_steps = grow(f"{folder}/steps.nc", **deflated)
    deflated_blocks = rechunk(f"{folder}/blocks.nc", deflated_steps["path"], **deflated)
    print(json.dumps([classic, deflated_steps, deflated_blocks]), flush=True)


def automatic(variable, slab):
    return np.ma.filled(variable[slab], np.nan).astype("f4", copy=False)


class ByHand:
    def __init__(self, variable):
        attributes = variable.ncattrs()
        self.scale = variable.scale_factor if "scale_factor" in attributes else None
        self.offset = variable.add_offset if "add_offset" in attributes else None
        default = netCDF4.default_fillvals[variable.dtype.str[1:]]
        self.fill = variable.dtype.type(variable._FillValue if "_FillValue" in attributes else default)

    def __call__(self, variable, slab):
        raw = variable[slab]
        if self.scale is None:
            values = raw.astype("f4", copy=False)
        else:
            values = np.multiply(raw, self.scale, dtype="f8")
            values += self.offset
            values = values.astype("f4")
        values[raw == self.fill] = np.nan
        return values


def peak():
    """MiB, since the last reset."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024


def reset_peak():
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def read(dataset, name, slabs, form, verify):
    variable = dataset[name]
    variable.set_auto_maskandscale(form == "automatic")
    one = automatic if form == "automatic" else ByHand(variable)
    crc = values = missing = 0
    reset_peak()
    start, cpu = time.perf_counter(), time.process_time()
    for slab in slabs:
        result = one(variable, tuple(slice(first, first + count) for first, count in slab))
        if verify:
            crc = zlib.crc32(np.ascontiguousarray(result), crc)
            values += result.size
            missing += int(np.isnan(result).sum())
    answer = {"seconds": time.perf_counter() - start, "processor": time.process_time() - cpu, "peak": peak()}
    return {**answer, "values": values, "missing": missing, "crc": crc} if verify else answer


def main():
    dataset = name = None
    for line in sys.stdin:
        request = json.loads(line)
        if "open" in request:
            if dataset is not None:
                dataset.close()
            dataset, name = netCDF4.Dataset(request["open"]["file"]), request["open"]["variable"]
            version = f"netCDF4-python {netCDF4.__version__}, netCDF-C {netCDF4.__netcdf4libversion__}"
            answer = {"version": f"{version}, HDF5 {netCDF4.__hdf5libversion__}, numpy {np.__version__}"}
        else:
            answer = read(dataset, name, request["slabs"], request["form"], request["verify"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "write":
        write(sys.argv[2], float(sys.argv[3]))
    else:
        main()
