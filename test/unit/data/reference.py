"""Reads files with netCDF4-python and writes what they hold, for comparison.

Usage: reference.py OUTPUT_FOLDER FILE...
Each file is read in a process of its own, as netCDF-C crashes on some. For file number i the folder gets i.json: either
{"error": ...} or {"variables": [{name, dtype, shape, dimensions, error?}]}, and beside it, for variable number j, i.j.raw
(values as stored, little-endian) and i.j.mask (one byte per value, 1 where masked).
"""

import json
import os
import sys

import netCDF4
import numpy as np


def walk(group, prefix=""):
    for name, variable in group.variables.items():
        yield prefix + name, variable
    for name, child in group.groups.items():
        yield from walk(child, prefix + name + "/")


def read(path, stem):
    variables = []
    with netCDF4.Dataset(path) as dataset:
        for name, variable in walk(dataset):
            dtype = variable.dtype
            if dtype is str or dtype.kind not in "iufS" or variable._isvlen or variable._iscompound:
                continue
            entry = {"name": name, "dtype": dtype.str, "shape": list(variable.shape), "dimensions": list(variable.dimensions)}
            variables.append(entry)
            j = len(variables) - 1
            try:
                variable.set_auto_scale(False)
                variable.set_auto_chartostring(False)
                variable.set_auto_mask(False)
                raw = np.asarray(variable[...])
                variable.set_auto_mask(True)
                mask = np.ma.getmaskarray(np.ma.asarray(variable[...]))
            except Exception as error:
                entry["error"] = str(error)
                continue
            little = raw.astype(raw.dtype.newbyteorder("<"))
            entry["read"] = raw.dtype.newbyteorder("<").str
            little.tofile(f"{stem}.{j}.raw")
            mask.astype("u1").tofile(f"{stem}.{j}.mask")
    return {"variables": variables}


def main(folder, paths):
    for i, path in enumerate(paths):
        stem = os.path.join(folder, str(i))
        child = os.fork()
        if child == 0:
            # The library prints to standard error when it crashes.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            try:
                result = read(path, stem)
            except BaseException as error:
                result = {"error": f"{type(error).__name__}: {error}"}
            with open(f"{stem}.json", "w") as file:
                json.dump(result, file)
            os._exit(0)
        os.waitpid(child, 0)
        if not os.path.exists(f"{stem}.json"):
            with open(f"{stem}.json", "w") as file:
                json.dump({"error": "crash"}, file)


main(sys.argv[1], sys.argv[2:])
