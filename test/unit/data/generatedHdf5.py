"""Writes HDF5 and NetCDF-4 files in many forms of storage with netCDF4 and h5py into the folder given."""

import sys
import warnings

import h5py
import netCDF4
import numpy as np

folder = sys.argv[1]
warnings.simplefilter("ignore")
rng = np.random.default_rng(7)


def smooth(shape, dtype):
    values = np.cumsum(rng.normal(size=shape), axis=-1) * 40
    return values.astype(dtype)


with netCDF4.Dataset(f"{folder}/netcdf.nc", "w") as d:
    for name, size in (("time", None), ("z", 3), ("y", 23), ("x", 31)):
        d.createDimension(name, size)
    forms = {
        "plain": {},
        "deflated": {"zlib": True, "shuffle": False},
        "shuffled": {"zlib": True, "shuffle": True, "complevel": 4},
        "summed": {"zlib": True, "fletcher32": True},
        "onlySummed": {"fletcher32": True},
        "odd": {"zlib": True, "chunksizes": (5, 2, 7, 31)},
        "small": {"zlib": True, "chunksizes": (1, 1, 4, 3)},
        "large": {"zlib": True, "chunksizes": (16, 3, 23, 31)},
        "big": {"zlib": True, "endian": "big"},
        "bigPlain": {"endian": "big"},
    }
    for kind in ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"):
        for form, options in forms.items():
            v = d.createVariable(f"{form}_{kind}", kind, ("time", "z", "y", "x"), fill_value=77, **options)
            v.set_auto_maskandscale(False)
            # Steps 6 to 8 are never written.
            v[0:6] = smooth((6, 3, 23, 31), kind)
            v[9:12] = smooth((3, 3, 23, 31), kind)
    v = d.createVariable("fixed", "i2", ("z", "y", "x"), contiguous=True)
    v[:] = smooth((3, 23, 31), "i2")
    v = d.createVariable("line", "f4", ("time",), zlib=True)
    v[:] = np.arange(12)
    for i in range(30):
        d.createVariable(f"never{i}", "f4", ("y", "x"), zlib=True, fill_value=i)

data = smooth((19, 11, 13), "i2")
for bounds in ("earliest", "v108", "v110", "latest"):
    with h5py.File(f"{folder}/{bounds}.h5", "w", libver=(bounds, "latest" if bounds == "earliest" else bounds)) as f:
        f.create_dataset("contiguous", data=data)
        f.create_dataset("single", data=data, chunks=data.shape, compression="gzip")
        f.create_dataset("fixed", data=data, chunks=(4, 5, 6), compression="gzip", shuffle=True)
        f.create_dataset("growing", data=data, chunks=(4, 5, 6), maxshape=(None, 11, 13), compression="gzip")
        f.create_dataset("growing2", data=data, chunks=(4, 5, 6), maxshape=(None, None, 13), compression="gzip")
        f.create_dataset("big", data=data.astype(">f8"), chunks=(19, 1, 13), compression="gzip", shuffle=True)
        f.create_dataset("half", data=data.astype("f2"), chunks=(4, 5, 6), compression="gzip")
        f.create_dataset("lzf", data=data, chunks=(4, 5, 6), compression="lzf")
        f.create_dataset("offset", data=data, chunks=(4, 5, 6), scaleoffset=0)
        f.create_dataset("many", data=smooth((3000, 4), "f4"), chunks=(1, 4), compression="gzip", maxshape=(None, 4))
        shrunk = f.create_dataset("shrunk", data=data, chunks=(4, 5, 6), maxshape=(None, 11, 13), compression="gzip")
        shrunk.resize((7, 11, 13))
        grown = f.create_dataset("grown", data=data, chunks=(4, 5, 6), maxshape=(None, None, None), fillvalue=-5)
        grown.resize((33, 14, 17))
        grown[30:33, 12:, 3:9] = 9
        # One chunk with its deflation left out, as writers do where it does not pay.
        raw = f.create_dataset("mask", shape=(8, 6), dtype="<i2", chunks=(4, 6), compression="gzip", shuffle=True)
        raw[4:] = data[0, :4, :6]
        shuffled = np.arange(24, dtype="<i2").view("u1").reshape(24, 2).T.tobytes()
        raw.id.write_direct_chunk((0, 0), shuffled, filter_mask=2)
        group = f.create_group("deep/er")
        group.create_dataset("inside", data=data, chunks=(19, 11, 13), compression="gzip", fletcher32=True)
        for i in range(40):
            group.attrs[f"note{i}"] = "x" * 200
            group["inside"].attrs[f"note{i}"] = "x" * 200
with h5py.File(f"{folder}/userblock.h5", "w", userblock_size=512) as f:
    f.create_dataset("fixed", data=data, chunks=(4, 5, 6), compression="gzip")
    f.create_dataset("contiguous", data=data)
with h5py.File(f"{folder}/external.h5", "w") as f:
    f.create_dataset("outside", data=data, external=[(f"{folder}/external.raw", 0, data.nbytes)])
