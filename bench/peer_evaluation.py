"""The scikit-learn peer of bench/evaluation.ts: metrics, k-means and spectral clustering, timed on request.

Reads one JSON request per line on standard input and answers with one JSON line:
  {"load": {"file", "n", "d", "labels", "threads"}}   rows as float32, labels as int32
  {"metrics": "float32" or "float64"}    seconds and values; in float64 the table is converted before the clock starts
  {"kmeans": {"k", "restarts", "seed"}}  seconds and inertia (in float64) of KMeans with its defaults otherwise
  {"spectral": {"n", "k", "rows", "columns", "values"}}   seconds, labels and eigenvalues for a sparse affinity
"""

import json
import sys
import time

import numpy as np
import scipy
import sklearn
from scipy.sparse import csr_matrix, diags
from scipy.sparse.linalg import eigsh
from sklearn import metrics
from sklearn.cluster import KMeans, SpectralClustering
from threadpoolctl import threadpool_info, threadpool_limits


def evaluate(x, labels):
    """The eight metrics: scikit-learn's own where it has them, otherwise NumPy. Distances are computed once."""
    present = np.unique(labels)
    members = [np.flatnonzero(labels == c) for c in present]
    distances = metrics.pairwise_distances(x)
    between = np.array(
        [[block.max() if a is b else block.min() for b in members for block in [distances[np.ix_(a, b)]]] for a in members]
    )
    centroids = np.array([x[rows].mean(0) for rows in members])
    apart = metrics.pairwise_distances(centroids)
    np.fill_diagonal(apart, np.inf)
    within = sum(np.square(x[rows] - centroid).sum() for rows, centroid in zip(members, centroids))
    return {
        "silhouetteCosine": metrics.silhouette_score(x, labels, metric="cosine"),
        "silhouetteEuclidean": metrics.silhouette_score(distances, labels, metric="precomputed"),
        "daviesBouldin": metrics.davies_bouldin_score(x, labels),
        "calinskiHarabasz": metrics.calinski_harabasz_score(x, labels),
        "rmse": np.sqrt(within / len(x)),
        "variance": sum(len(rows) * x[rows].var() for rows in members) / len(x),
        "interClusterDistance": between.min(1).mean(),
        "centroidDistance": apart.min(1).mean(),
    }


def inertia(x, labels):
    total = 0.0
    for c in np.unique(labels):
        rows = x[labels == c].astype("f8")
        total += np.square(rows - rows.mean(0)).sum()
    return total


def spectral(n, k, rows, columns, values):
    entries = (np.fromfile(values, "f8"), (np.fromfile(rows, "i4"), np.fromfile(columns, "i4")))
    affinity = csr_matrix(entries, shape=(n, n))
    start = time.perf_counter()
    labels = SpectralClustering(k, affinity="precomputed", random_state=0).fit(affinity).labels_
    seconds = time.perf_counter() - start
    root = diags(1 / np.sqrt(affinity.sum(1).A1))
    shifted = diags(np.full(n, 1 + 1e-5)) - root @ affinity @ root
    smallest = eigsh(shifted.tocsc(), k, sigma=0, tol=1e-12)[0]
    return {"seconds": seconds, "labels": labels.tolist(), "eigenvalues": sorted(1 + 1e-5 - smallest, reverse=True)}


class Table:
    def __init__(self, file, n, d, labels, threads):
        self.x = np.fromfile(file, np.float32).reshape(n, d)
        self.labels = np.fromfile(labels, np.int32)
        self.limits = threadpool_limits(threads)

    def metrics(self, dtype):
        x = self.x.astype(dtype)
        start = time.perf_counter()
        values = evaluate(x, self.labels)
        return {"seconds": time.perf_counter() - start, "values": {key: float(v) for key, v in values.items()}}

    def kmeans(self, k, restarts, seed):
        start = time.perf_counter()
        found = KMeans(k, n_init=restarts, random_state=seed).fit(self.x)
        return {"seconds": time.perf_counter() - start, "inertia": inertia(self.x, found.labels_)}


def main():
    table = None
    for line in sys.stdin:
        request = json.loads(line)
        if "load" in request:
            table = Table(**request["load"])
            blas = [f"{i['internal_api']} {i['version']}" for i in threadpool_info() if i["user_api"] == "blas"]
            reply = {
                "versions": f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}, "
                f"SciPy {scipy.__version__}, {', '.join(sorted(set(blas)))}"
            }
        elif "metrics" in request:
            reply = table.metrics(request["metrics"])
        elif "kmeans" in request:
            reply = table.kmeans(**request["kmeans"])
        else:
            reply = spectral(**request["spectral"])
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
