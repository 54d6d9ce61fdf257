/* Channels of an image scaled by one factor each, as in squeeze-and-excitation, and the gradient of it; and the
 * gradient of a free-standing activation. */
#include "tensorflow.h"
#include "activation.h"
#include <stdlib.h>

#define RESTRICT __restrict__
static void *createNothing(TF_OpKernelConstruction *context) {
  (void)context;
  return malloc(1);
}

/* Inputs x [n, h, w, c] and a factor [n, 1, 1, c]; output their product. */
static void scale(void *kernel, TF_OpKernelContext *context) {
  (void)kernel;
  Call call = begin(context);
  TF_Tensor *xs = input(&call, 0), *factors = input(&call, 1);
  if (failed(&call)) return end(&call);
  const int64_t dims[] = {TF_Dim(xs, 0), TF_Dim(xs, 1), TF_Dim(xs, 2), TF_Dim(xs, 3)};
  float *ys = output(&call, 0, dims, 4);
  if (!ys) return end(&call);
  const int64_t pixels = dims[1] * dims[2], channels = dims[3];
#pragma omp parallel for schedule(static)
  for (int64_t n = 0; n < dims[0]; n++) {
    const float *RESTRICT x = data(xs) + n * pixels * channels, *RESTRICT factor = data(factors) + n * channels;
    float *RESTRICT y = ys + n * pixels * channels;
    for (int64_t p = 0; p < pixels; p++, x += channels, y += channels)
      for (int64_t c = 0; c < channels; c++) y[c] = x[c] * factor[c];
  }
  end(&call);
}

/* Inputs dy, x and the factor; outputs dx and the factor's gradient. */
static void scaleGradient(void *kernel, TF_OpKernelContext *context) {
  (void)kernel;
  Call call = begin(context);
  TF_Tensor *dys = input(&call, 0), *xs = input(&call, 1), *factors = input(&call, 2);
  if (failed(&call)) return end(&call);
  const int64_t dims[] = {TF_Dim(xs, 0), TF_Dim(xs, 1), TF_Dim(xs, 2), TF_Dim(xs, 3)};
  float *dxs = output(&call, 0, dims, 4), *sums = output(&call, 1, (int64_t[]){dims[0], 1, 1, dims[3]}, 4);
  if (failed(&call)) return end(&call);
  const int64_t pixels = dims[1] * dims[2], channels = dims[3];
#pragma omp parallel for schedule(static)
  for (int64_t n = 0; n < dims[0]; n++) {
    const float *RESTRICT x = data(xs) + n * pixels * channels, *RESTRICT dy = data(dys) + n * pixels * channels;
    const float *RESTRICT factor = data(factors) + n * channels;
    float *RESTRICT dx = dxs + n * pixels * channels, *RESTRICT sum = sums + n * channels;
    memset(sum, 0, (size_t)channels * sizeof(float));
    for (int64_t p = 0; p < pixels; p++, x += channels, dy += channels, dx += channels)
      for (int64_t c = 0; c < channels; c++) {
        dx[c] = dy[c] * factor[c];
        sum[c] += dy[c] * x[c];
      }
  }
  end(&call);
}

const Kernel scaleKernels[] = {
  {"MixnasScale", (const char *const[]){NULL}, (const char *const[]){"x: float", "factor: float", NULL},
   (const char *const[]){"y: float", NULL}, createNothing, scale},
  {"MixnasScaleGrad", (const char *const[]){NULL},
   (const char *const[]){"dy: float", "x: float", "factor: float", NULL},
   (const char *const[]){"dx: float", "dfactor: float", NULL}, createNothing, scaleGradient},
  {NULL, NULL, NULL, NULL, NULL, NULL},
};
