/**
 * Discrete Fourier transforms of any length: by powers of two (Cooley and Tukey, 1965), and all other lengths as a
 * convolution of such (Bluestein, 1970), so that a series need not be cut to a convenient length.
 */

/** X_f = sum_t x_t exp(-2 pi i f t / n), in place: real and imaginary parts, each [n]. */
export function transform(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  if (n < 2) return;
  if ((n & (n - 1)) === 0) radix2(real, imaginary);
  else bluestein(real, imaginary);
}

/** The inverse of {@link transform}, in place. */
export function inverse(real: Float64Array, imaginary: Float64Array): void {
  // Exchanging the parts conjugates, up to a factor i that the second exchange takes back.
  transform(imaginary, real);
  const n = real.length;
  for (let t = 0; t < n; t++) {
    real[t] /= n;
    imaginary[t] /= n;
  }
}

function radix2(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [real[i], real[j]] = [real[j], real[i]];
    [imaginary[i], imaginary[j]] = [imaginary[j], imaginary[i]];
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / size;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      for (let a = k; a < n; a += size) {
        const b = a + half;
        const re = real[b] * c - imaginary[b] * s;
        const im = real[b] * s + imaginary[b] * c;
        real[b] = real[a] - re;
        imaginary[b] = imaginary[a] - im;
        real[a] += re;
        imaginary[a] += im;
      }
    }
  }
}

/** f t = (f^2 + t^2 - (f - t)^2) / 2 makes the sum a convolution with a chirp. */
function bluestein(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  const m = 2 ** Math.ceil(Math.log2(2 * n - 1));
  const [cosine, sine] = [new Float64Array(n), new Float64Array(n)];
  for (let t = 0; t < n; t++) {
    // t^2 modulo 2 n: the angle of a large square would have lost its digits.
    const angle = (Math.PI * ((t * t) % (2 * n))) / n;
    [cosine[t], sine[t]] = [Math.cos(angle), Math.sin(angle)];
  }
  const [a, b] = [new Float64Array(m), new Float64Array(m)];
  const [c, d] = [new Float64Array(m), new Float64Array(m)];
  for (let t = 0; t < n; t++) {
    a[t] = real[t] * cosine[t] + imaginary[t] * sine[t];
    b[t] = imaginary[t] * cosine[t] - real[t] * sine[t];
    c[t] = c[(m - t) % m] = cosine[t];
    d[t] = d[(m - t) % m] = sine[t];
  }
  radix2(a, b);
  radix2(c, d);
  for (let f = 0; f < m; f++) {
    [a[f], b[f]] = [a[f] * c[f] - b[f] * d[f], a[f] * d[f] + b[f] * c[f]];
  }
  inverse(a, b);
  for (let f = 0; f < n; f++) {
    real[f] = a[f] * cosine[f] + b[f] * sine[f];
    imaginary[f] = b[f] * cosine[f] - a[f] * sine[f];
  }
}
