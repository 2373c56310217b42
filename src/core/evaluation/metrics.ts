/** The metrics of the paper (method.md section 2), in its table's order, and two more. */
export interface Metrics {
  /** Mean silhouette with cosine distance, higher is better. */
  readonly silhouetteCosine: number;
  /** Mean silhouette with Euclidean distance, higher is better. */
  readonly silhouetteEuclidean: number;
  /** Davies-Bouldin index, lower is better. */
  readonly daviesBouldin: number;
  /** Calinski-Harabasz index, higher is better. */
  readonly calinskiHarabasz: number;
  /** Root of the mean squared distance to the own centroid, lower is better. */
  readonly rmse: number;
  /** Size-weighted mean of the variance over all entries of each cluster, lower is better. */
  readonly variance: number;
  /** Average inter-cluster distance as the paper's code (I-CD), higher is better. */
  readonly interClusterDistance: number;
  /** Mean over clusters of the distance to the nearest other centroid, higher is better. */
  readonly centroidDistance: number;
}
