/* Batch normalisation in training mode together with the activation after it, and the gradient of both.
 *
 * Channels are the fastest axis. A tensor is walked as one long row with a pattern of 16 pixels' channels, so
 * that loops are on whole vectors whatever the number of channels. Sums are taken by chunks of pixels that do
 * not depend on the number of threads, about the first pixel of the chunk, and merged in double. */
#include "tensorflow.h"
#include "activation.h"
#include <math.h>
#include <stdlib.h>

enum { REPEAT = 16, CHUNK = 2048 };
#define RESTRICT __restrict__

typedef struct {
  int kind;
  float epsilon;
} Norm;
static void *createNorm(TF_OpKernelConstruction *context) {
  Norm *norm = calloc(1, sizeof *norm);
  norm->kind = (int)attribute(context, "activation");
  TF_Status *status = TF_NewStatus();
  TF_OpKernelConstruction_GetAttrFloat(context, "epsilon", &norm->epsilon, status);
  TF_DeleteStatus(status);
  return norm;
}

static void repeat(float *pattern, int channels) {
  for (int r = 1; r < REPEAT; r++) memcpy(pattern + r * channels, pattern, (size_t)channels * sizeof(float));
}
/* Sums the pattern into one number a channel. */
static void fold(const float *pattern, int channels, double *total) {
  for (int c = 0; c < channels; c++) {
    double sum = 0;
    for (int r = 0; r < REPEAT; r++) sum += pattern[r * channels + c];
    total[c] = sum;
  }
}

static void addMoments(const float *RESTRICT x, const float *RESTRICT shift, float *RESTRICT sum,
    float *RESTRICT square, int n) {
  for (int i = 0; i < n; i++) {
    float d = x[i] - shift[i];
    sum[i] += d;
    square[i] += d * d;
  }
}
/* Mean and mean squared deviation of a chunk of `pixels`. */
static void momentsOf(const float *x, int64_t pixels, int channels, double *mean, double *deviation) {
  const int length = REPEAT * channels;
  float *shift = scratch(0, 3 * (size_t)length * sizeof(float)), *sum = shift + length, *square = sum + length;
  memcpy(shift, x, (size_t)channels * sizeof(float));
  repeat(shift, channels);
  memset(sum, 0, 2 * (size_t)length * sizeof(float));
  int64_t left = pixels * channels;
  for (; left > 0; left -= length, x += length) addMoments(x, shift, sum, square, left < length ? (int)left : length);
  fold(sum, channels, mean);
  fold(square, channels, deviation);
  for (int c = 0; c < channels; c++) {
    mean[c] /= (double)pixels;
    deviation[c] = deviation[c] / (double)pixels - mean[c] * mean[c];
    mean[c] += shift[c];
  }
}

/* One loop a kind of activation. */
#define EACH_KIND(DO) \
  switch (kind) { \
    case RELU: DO(RELU) break; \
    case RELU6: DO(RELU6) break; \
    case SWISH: DO(SWISH) break; \
    case HSWISH: DO(HSWISH) break; \
    case SIGMOID: DO(SIGMOID) break; \
    case HSIGMOID: DO(HSIGMOID) break; \
    default: DO(LINEAR) \
  }

static void scaleAndActivate(const float *RESTRICT x, const float *RESTRICT scale, const float *RESTRICT shift,
    float *RESTRICT y, int n, int kind) {
#define LOOP(k) for (int i = 0; i < n; i++) y[i] = activate(x[i] * scale[i] + shift[i], k);
  EACH_KIND(LOOP)
#undef LOOP
}

/* Inputs x, gamma, beta; outputs y, the batch's mean and variance (biased), that with Bessel's correction. */
static void forward(void *kernel, TF_OpKernelContext *context) {
  const Norm *norm = kernel;
  Call call = begin(context);
  TF_Tensor *xs = input(&call, 0), *gammas = input(&call, 1), *betas = input(&call, 2);
  if (failed(&call)) return end(&call);
  const int channels = (int)TF_Dim(gammas, 0), length = REPEAT * channels;
  const int64_t pixels = elements(xs) / channels, chunks = (pixels + CHUNK - 1) / CHUNK, dims[] = {channels};
  int64_t shape[4];
  for (int d = 0; d < 4; d++) shape[d] = TF_Dim(xs, d);
  float *y = output(&call, 0, shape, 4), *mean = output(&call, 1, dims, 1), *variance = output(&call, 2, dims, 1);
  float *corrected = output(&call, 3, dims, 1);
  if (failed(&call)) return end(&call);
  const float *x = data(xs), *gamma = data(gammas), *beta = data(betas);
  double *moments = scratch(1, 2 * (size_t)(chunks + 1) * channels * sizeof(double));
#pragma omp parallel for schedule(static)
  for (int64_t chunk = 0; chunk < chunks; chunk++) {
    int64_t first = chunk * CHUNK, count = pixels - first < CHUNK ? pixels - first : CHUNK;
    double *own = moments + 2 * chunk * channels;
    momentsOf(x + first * channels, count, channels, own, own + channels);
  }
  float *scale = scratch(2, 2 * (size_t)length * sizeof(float)), *shift = scale + length;
  for (int c = 0; c < channels; c++) {
    double total = 0, square = 0;
    for (int64_t chunk = 0; chunk < chunks; chunk++) {
      double count = (double)(chunk + 1 < chunks ? CHUNK : pixels - chunk * CHUNK);
      total += count * moments[2 * chunk * channels + c];
    }
    const double centre = total / (double)pixels;
    for (int64_t chunk = 0; chunk < chunks; chunk++) {
      double count = (double)(chunk + 1 < chunks ? CHUNK : pixels - chunk * CHUNK);
      double apart = moments[2 * chunk * channels + c] - centre;
      square += count * (moments[(2 * chunk + 1) * channels + c] + apart * apart);
    }
    mean[c] = (float)centre;
    variance[c] = (float)(square / (double)pixels);
    corrected[c] = (float)(square / (double)(pixels > 1 ? pixels - 1 : 1));
    scale[c] = gamma[c] / sqrtf(variance[c] + norm->epsilon);
    shift[c] = beta[c] - mean[c] * scale[c];
  }
  repeat(scale, channels);
  repeat(shift, channels);
  const int64_t all = pixels * channels, pieces = (all + length - 1) / length;
#pragma omp parallel for schedule(static)
  for (int64_t piece = 0; piece < pieces; piece++) {
    int64_t at = piece * length;
    scaleAndActivate(x + at, scale, shift, y + at, (int)(all - at < length ? all - at : length), norm->kind);
  }
  end(&call);
}

/* Gradient by the normalised values into `dz`; sums of it, and of it times the deviation from the mean. */
static void activationGradient(const float *RESTRICT x, const float *RESTRICT dy, const float *RESTRICT pattern,
    int length, float *RESTRICT dz, float *RESTRICT sum, float *RESTRICT product, int n, int kind) {
  const float *RESTRICT scale = pattern, *RESTRICT shift = pattern + length, *RESTRICT mean = pattern + 2 * length;
#define LOOP(k) \
  for (int i = 0; i < n; i++) { \
    float d = dy[i] * slope(x[i] * scale[i] + shift[i], k); \
    dz[i] = d; \
    sum[i] += d; \
    product[i] += d * (x[i] - mean[i]); \
  }
  EACH_KIND(LOOP)
#undef LOOP
}
static void inputGradient(const float *RESTRICT x, float *RESTRICT d, const float *RESTRICT a,
    const float *RESTRICT b, const float *RESTRICT c, int n) {
  for (int i = 0; i < n; i++) d[i] = a[i] * d[i] + (b[i] * x[i] + c[i]);
}

/* Inputs dy, x, gamma, beta, mean, variance; outputs dx, dgamma, dbeta. */
static void backward(void *kernel, TF_OpKernelContext *context) {
  const Norm *norm = kernel;
  Call call = begin(context);
  TF_Tensor *in[6];
  for (int i = 0; i < 6; i++) in[i] = input(&call, i);
  if (failed(&call)) return end(&call);
  const int channels = (int)TF_Dim(in[2], 0), length = REPEAT * channels;
  const int64_t pixels = elements(in[1]) / channels, chunks = (pixels + CHUNK - 1) / CHUNK, dims[] = {channels};
  int64_t shape[4];
  for (int d = 0; d < 4; d++) shape[d] = TF_Dim(in[1], d);
  float *dx = output(&call, 0, shape, 4), *dgamma = output(&call, 1, dims, 1), *dbeta = output(&call, 2, dims, 1);
  if (failed(&call)) return end(&call);
  const float *dy = data(in[0]), *x = data(in[1]), *gamma = data(in[2]), *beta = data(in[3]);
  const float *mean = data(in[4]), *variance = data(in[5]);
  float *pattern = scratch(2, 6 * (size_t)length * sizeof(float));
  float *scale = pattern, *shift = pattern + length, *means = pattern + 2 * length;
  float *a = pattern + 3 * length, *b = a + length, *rest = b + length;
  for (int c = 0; c < channels; c++) {
    scale[c] = gamma[c] / sqrtf(variance[c] + norm->epsilon);
    shift[c] = beta[c] - mean[c] * scale[c];
    means[c] = mean[c];
  }
  for (int i = 0; i < 3; i++) repeat(pattern + i * length, channels);
  double *sums = scratch(1, 2 * (size_t)chunks * channels * sizeof(double));
#pragma omp parallel for schedule(static)
  for (int64_t chunk = 0; chunk < chunks; chunk++) {
    float *sum = scratch(0, 2 * (size_t)length * sizeof(float)), *product = sum + length;
    memset(sum, 0, 2 * (size_t)length * sizeof(float));
    int64_t at = chunk * CHUNK * channels, until = (chunk + 1) * CHUNK * channels;
    if (until > pixels * channels) until = pixels * channels;
    for (; at < until; at += length)
      activationGradient(x + at, dy + at, pattern, length, dx + at, sum, product,
          (int)(until - at < length ? until - at : length), norm->kind);
    fold(sum, channels, sums + 2 * chunk * channels);
    fold(product, channels, sums + (2 * chunk + 1) * channels);
  }
  for (int c = 0; c < channels; c++) {
    double sum = 0, product = 0;
    for (int64_t chunk = 0; chunk < chunks; chunk++) {
      sum += sums[2 * chunk * channels + c];
      product += sums[(2 * chunk + 1) * channels + c];
    }
    const double inverse = 1.0 / sqrt((double)variance[c] + norm->epsilon), per = 1.0 / (double)pixels;
    dgamma[c] = (float)(product * inverse);
    dbeta[c] = (float)sum;
    a[c] = scale[c];
    b[c] = (float)(-gamma[c] * inverse * inverse * inverse * product * per);
    rest[c] = (float)(-gamma[c] * inverse * sum * per - (double)b[c] * mean[c]);
  }
  for (int i = 3; i < 6; i++) repeat(pattern + i * length, channels);
  const int64_t all = pixels * channels, pieces = (all + length - 1) / length;
#pragma omp parallel for schedule(static)
  for (int64_t piece = 0; piece < pieces; piece++) {
    int64_t at = piece * length;
    inputGradient(x + at, dx + at, a, b, rest, (int)(all - at < length ? all - at : length));
  }
  end(&call);
}

#define ATTRIBUTES (const char *const[]){"activation: int", "epsilon: float", NULL}
const Kernel normalisationKernels[] = {
  {"MixnasNorm", ATTRIBUTES, (const char *const[]){"x: float", "gamma: float", "beta: float", NULL},
   (const char *const[]){"y: float", "mean: float", "variance: float", "corrected: float", NULL}, createNorm, forward},
  {"MixnasNormGrad", ATTRIBUTES,
   (const char *const[]){"dy: float", "x: float", "gamma: float", "beta: float", "mean: float", "variance: float", NULL},
   (const char *const[]){"dx: float", "dgamma: float", "dbeta: float", NULL}, createNorm, backward},
  {NULL, NULL, NULL, NULL, NULL, NULL},
};
