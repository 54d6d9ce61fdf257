/* A mixed depthwise convolution in one device kernel: groups of channels in a row, each with its own size of the
 * convolution kernel and its own dilation, SAME padding, NHWC. No split, no concat.
 *
 * Sixteen channels at a time are copied into a padded plane of vectors, so that all arithmetic is on whole
 * aligned vectors and no tap asks whether it is inside the image. */
#include "tensorflow.h"
#include <stdlib.h>
#include <string.h>
#ifdef __AVX512F__
#include <immintrin.h>
#endif

typedef float Vector __attribute__((vector_size(64), aligned(64)));
enum { LANES = 16, MOST_TAPS = 1024, PARTS = 8 };

typedef struct {
  int begin, channels, kernel, dilation;
} Group;
typedef struct {
  int count, stride;
  /* Whether the groups are not known before a call: sizes are those of the convolution kernels, dilations an
   * input. */
  int fed;
  Group groups[];
} Mix;
enum { MOST_GROUPS = 64 };

static void *createMix(TF_OpKernelConstruction *context) {
  TF_Status *status = TF_NewStatus();
  int32_t count = 0, total = 0;
  TF_OpKernelConstruction_GetAttrSize(context, "channels", &count, &total, status);
  Mix *mix = calloc(1, sizeof(Mix) + (size_t)count * sizeof(Group));
  int64_t values[3][256] = {{0}};
  const char *names[] = {"channels", "kernels", "dilations"};
  for (int i = 0; i < 3; i++) TF_OpKernelConstruction_GetAttrInt64List(context, names[i], values[i], 256, status);
  mix->count = count;
  mix->stride = (int)attribute(context, "stride");
  for (int i = 0, begin = 0; i < count; begin += (int)values[0][i], i++)
    mix->groups[i] = (Group){begin, (int)values[0][i], (int)values[1][i], (int)values[2][i]};
  TF_DeleteStatus(status);
  return mix;
}

static void *createFedMix(TF_OpKernelConstruction *context) {
  Mix *mix = calloc(1, sizeof(Mix));
  mix->count = (int)attribute(context, "groups");
  mix->stride = (int)attribute(context, "stride");
  mix->fed = 1;
  return mix;
}

/* The convolution kernels, which are the inputs after `before` others (and after the dilations, if those are fed), and the
 * groups: the mix's own, or written to `room`. Groups of no channels are allowed. */
static const Group *readGroups(Call *call, const Mix *mix, int before, const float **kernels, Group *room) {
  TF_Tensor *dilations = mix->fed ? input(call, before) : NULL;
  for (int i = 0, at = 0; i < mix->count; i++) {
    TF_Tensor *k = input(call, before + mix->fed + i);
    if (failed(call)) return mix->groups;
    kernels[i] = data(k);
    if (!mix->fed) continue;
    const int channels = (int)TF_Dim(k, 2);
    room[i] = (Group){at, channels, (int)TF_Dim(k, 0), ((const int32_t *)TF_TensorData(dilations))[i]};
    at += channels;
  }
  return mix->fed ? room : mix->groups;
}

static inline Vector load(const float *from, int lanes) {
#ifdef __AVX512F__
  return (Vector)_mm512_maskz_loadu_ps((__mmask16)((1u << lanes) - 1), from);
#else
  Vector v = {0};
  if (lanes == LANES) memcpy(&v, from, sizeof v);
  else for (int i = 0; i < lanes; i++) ((float *)&v)[i] = from[i];
  return v;
#endif
}
static inline void store(float *to, const Vector *v, int lanes) {
#ifdef __AVX512F__
  _mm512_mask_storeu_ps(to, (__mmask16)((1u << lanes) - 1), (__m512)*v);
#else
  if (lanes == LANES) memcpy(to, v, sizeof *v);
  else for (int i = 0; i < lanes; i++) to[i] = ((const float *)v)[i];
#endif
}

/* One image's channels as a plane of `rows` x `columns` vectors, the image at (`top`, `left`), else zero. */
typedef struct {
  int rows, columns, top, left;
} Plane;
static void pack(const float *image, int height, int width, int all, int lanes, Plane p, Vector *to) {
  memset(to, 0, (size_t)p.rows * p.columns * sizeof(Vector));
  int bottom = height < p.rows - p.top ? height : p.rows - p.top;
  int right = width < p.columns - p.left ? width : p.columns - p.left;
  for (int y = 0; y < bottom; y++) {
    Vector *row = to + (size_t)(y + p.top) * p.columns + p.left;
    const float *from = image + (size_t)y * width * all;
    for (int x = 0; x < right; x++) row[x] = load(from + (size_t)x * all, lanes);
  }
}

/* `tile` neighbouring outputs: the sum over taps of weight times source. */
static inline __attribute__((always_inline)) void sumTaps(const Vector *source, int step, const int *offsets,
    const Vector *taps, int count, float *to, size_t apart, int lanes, const int tile) {
  Vector sums[8] = {{0}};
  for (int t = 0; t < count; t++) {
    Vector weight = taps[t];
    const Vector *from = source + offsets[t];
#pragma GCC unroll 8
    for (int i = 0; i < tile; i++) sums[i] += weight * from[i * step];
  }
#pragma GCC unroll 8
  for (int i = 0; i < tile; i++) store(to + i * apart, &sums[i], lanes);
}
static void sumRow(const Vector *source, int step, const int *offsets, const Vector *taps, int count, float *to,
    size_t apart, int lanes, int outputs) {
  int x = 0;
  for (; x + 8 <= outputs; x += 8)
    sumTaps(source + x * step, step, offsets, taps, count, to + x * apart, apart, lanes, 8);
  for (; x + 4 <= outputs; x += 4)
    sumTaps(source + x * step, step, offsets, taps, count, to + x * apart, apart, lanes, 4);
  for (; x < outputs; x++)
    sumTaps(source + x * step, step, offsets, taps, count, to + x * apart, apart, lanes, 1);
}

typedef struct {
  int height, width, outHeight, outWidth, all, top, left;
  Plane in, out;  /* of the input, and of the output's gradient with a border as wide as the convolution kernel reaches */
} Shape;
static int least(int a, int b) { return a < b ? a : b; }
static int most(int a, int b) { return a > b ? a : b; }
static Shape shapeOf(const Group *g, int stride, int height, int width, int all) {
  int reach = (g->kernel - 1) * g->dilation, border = (reach + stride - 1) / stride;
  Shape s = {height, width, (height + stride - 1) / stride, (width + stride - 1) / stride, all, 0, 0, {0}, {0}};
  s.top = most(0, (s.outHeight - 1) * stride + reach + 1 - height) / 2;
  s.left = most(0, (s.outWidth - 1) * stride + reach + 1 - width) / 2;
  s.in = (Plane){(s.outHeight - 1) * stride + reach + 1, (s.outWidth - 1) * stride + reach + 1, s.top, s.left};
  s.out = (Plane){s.outHeight + 2 * border, s.outWidth + 2 * border, border, border};
  return s;
}

/* The weights of sixteen channels, one vector a tap. */
static void packTaps(const float *kernel, const Group *g, int first, int lanes, Vector *taps) {
  for (int t = 0; t < g->kernel * g->kernel; t++) taps[t] = load(kernel + (size_t)t * g->channels + first, lanes);
}

static void forwardBlock(const Group *g, int stride, const Shape *s, const Vector *plane, const Vector *taps,
    float *y, int lanes) {
  int offsets[MOST_TAPS], count = g->kernel * g->kernel;
  for (int t = 0; t < count; t++)
    offsets[t] = (t / g->kernel * s->in.columns + t % g->kernel) * g->dilation;
  for (int row = 0; row < s->outHeight; row++)
    sumRow(plane + (size_t)row * stride * s->in.columns, stride, offsets, taps, count,
        y + (size_t)row * s->outWidth * s->all, (size_t)s->all, lanes, s->outWidth);
}

/* Gradient by the input. Pixels of one phase (row and column modulo the stride) meet the same taps. */
static void inputBlock(const Group *g, int stride, const Shape *s, const Vector *plane, const Vector *taps,
    float *dx, int lanes) {
  int offsets[MOST_TAPS];
  Vector chosen[MOST_TAPS];
  for (int py = 0; py < stride; py++) for (int px = 0; px < stride; px++) {
    int count = 0;
    for (int t = 0; t < g->kernel * g->kernel; t++) {
      int y = py + s->top - t / g->kernel * g->dilation, x = px + s->left - t % g->kernel * g->dilation;
      if (y % stride || x % stride) continue;
      offsets[count] = (y / stride + s->out.top) * s->out.columns + x / stride + s->out.left;
      chosen[count++] = taps[t];
    }
    int outputs = (s->width - px + stride - 1) / stride;
    for (int row = py, a = 0; row < s->height; row += stride, a++)
      sumRow(plane + (size_t)a * s->out.columns, 1, offsets, chosen, count,
          dx + ((size_t)row * s->width + px) * s->all, (size_t)stride * s->all, lanes, outputs);
  }
}

/* Gradient by `rows` rows of a convolution kernel of `size` columns, added to `sums`: the sums stay in registers. */
static inline __attribute__((always_inline)) void kernelRows(const Shape *s, int stride, int dilation,
    const Vector *x, const Vector *dy, Vector *sums, const int size, const int rows) {
  Vector total[32];
#pragma GCC unroll 32
  for (int t = 0; t < size * rows; t++) total[t] = sums[t];
  for (int row = 0; row < s->outHeight; row++) {
    const Vector *from = x + (size_t)row * stride * s->in.columns;
    const Vector *by = dy + (size_t)(row + s->out.top) * s->out.columns + s->out.left;
    for (int column = 0; column < s->outWidth; column++, from += stride) {
      Vector d = by[column];
#pragma GCC unroll 8
      for (int ky = 0; ky < rows; ky++)
#pragma GCC unroll 16
        for (int kx = 0; kx < size; kx++)
          total[ky * size + kx] += d * from[(ky * s->in.columns + kx) * dilation];
    }
  }
#pragma GCC unroll 32
  for (int t = 0; t < size * rows; t++) sums[t] = total[t];
}
static void kernelBlock(const Group *g, int stride, const Shape *s, const Vector *x, const Vector *dy, Vector *sums) {
  const int k = g->kernel, d = g->dilation;
#define ROWS(size, rows) \
  for (; ky + rows <= k; ky += rows) \
    kernelRows(s, stride, d, x + (size_t)ky * d * s->in.columns, dy, sums + ky * k, size, rows);
  int ky = 0;
  switch (k) {
    case 1: ROWS(1, 1) break;
    case 3: ROWS(3, 3) break;
    case 5: ROWS(5, 5) break;
    case 7: ROWS(7, 3) ROWS(7, 1) break;
    case 9: ROWS(9, 3) break;
    case 11: ROWS(11, 2) ROWS(11, 1) break;
    default:
      for (; ky < k; ky++) for (int kx = 0; kx < k; kx++)
        kernelRows(s, stride, d, x + ((size_t)ky * s->in.columns + kx) * d, dy, sums + ky * k + kx, 1, 1);
  }
#undef ROWS
}

/* Inputs x and the convolution kernels; output y. */
static void forward(void *kernel, TF_OpKernelContext *context) {
  const Mix *mix = kernel;
  Call call = begin(context);
  TF_Tensor *x = input(&call, 0);
  const float *kernels[MOST_GROUPS] = {NULL};
  Group room[MOST_GROUPS];
  const Group *groups = readGroups(&call, mix, 1, kernels, room);
  if (failed(&call)) return end(&call);
  const int batch = (int)TF_Dim(x, 0), height = (int)TF_Dim(x, 1), width = (int)TF_Dim(x, 2), all = (int)TF_Dim(x, 3);
  const int stride = mix->stride, outHeight = (height + stride - 1) / stride, outWidth = (width + stride - 1) / stride;
  float *y = output(&call, 0, (int64_t[]){batch, outHeight, outWidth, all}, 4);
  if (!y) return end(&call);
  const float *from = data(x);
#pragma omp parallel for schedule(static)
  for (int n = 0; n < batch; n++) {
    Vector taps[MOST_TAPS];
    for (int i = 0; i < mix->count; i++) {
      const Group *g = &groups[i];
      Shape s = shapeOf(g, stride, height, width, all);
      Vector *plane = scratch(0, (size_t)s.in.rows * s.in.columns * sizeof(Vector));
      for (int first = 0; first < g->channels; first += LANES) {
        int lanes = least(LANES, g->channels - first), at = g->begin + first;
        packTaps(kernels[i], g, first, lanes, taps);
        pack(from + (size_t)n * height * width * all + at, height, width, all, lanes, s.in, plane);
        forwardBlock(g, stride, &s, plane, taps, y + (size_t)n * outHeight * outWidth * all + at, lanes);
      }
    }
  }
  end(&call);
}

/* Inputs dy, x and the convolution kernels; outputs dx and their gradients. The batch is summed in parts that do not
 * depend on the number of threads, so neither do the bits of the result. */
static void backward(void *kernel, TF_OpKernelContext *context) {
  const Mix *mix = kernel;
  Call call = begin(context);
  TF_Tensor *dyTensor = input(&call, 0), *x = input(&call, 1);
  const float *kernels[MOST_GROUPS] = {NULL};
  float *gradients[MOST_GROUPS] = {NULL};
  Group room[MOST_GROUPS];
  const Group *groups = readGroups(&call, mix, 2, kernels, room);
  if (failed(&call)) return end(&call);
  size_t blocks = 0;
  for (int i = 0; i < mix->count; i++) {
    const Group *g = &groups[i];
    gradients[i] = output(&call, 1 + i, (int64_t[]){g->kernel, g->kernel, g->channels, 1}, 4);
    blocks += (size_t)(g->channels + LANES - 1) / LANES * g->kernel * g->kernel;
  }
  if (failed(&call)) return end(&call);
  const int batch = (int)TF_Dim(x, 0), height = (int)TF_Dim(x, 1), width = (int)TF_Dim(x, 2), all = (int)TF_Dim(x, 3);
  const int stride = mix->stride, outHeight = (height + stride - 1) / stride, outWidth = (width + stride - 1) / stride;
  float *dx = output(&call, 0, (int64_t[]){batch, height, width, all}, 4);
  if (!dx) return end(&call);
  const float *from = data(x), *dy = data(dyTensor);
  Vector *sums = scratch(2, PARTS * blocks * sizeof(Vector));
  memset(sums, 0, PARTS * blocks * sizeof(Vector));
#pragma omp parallel for schedule(static)
  for (int part = 0; part < PARTS; part++)
    for (int n = batch * part / PARTS; n < batch * (part + 1) / PARTS; n++) {
      Vector taps[MOST_TAPS], *own = sums + part * blocks;
      for (int i = 0; i < mix->count; i++) {
        const Group *g = &groups[i];
        Shape s = shapeOf(g, stride, height, width, all);
        Vector *inPlane = scratch(0, (size_t)s.in.rows * s.in.columns * sizeof(Vector));
        Vector *outPlane = scratch(1, (size_t)s.out.rows * s.out.columns * sizeof(Vector));
        for (int first = 0; first < g->channels; first += LANES, own += g->kernel * g->kernel) {
          int lanes = least(LANES, g->channels - first), at = g->begin + first;
          packTaps(kernels[i], g, first, lanes, taps);
          pack(from + (size_t)n * height * width * all + at, height, width, all, lanes, s.in, inPlane);
          pack(dy + (size_t)n * outHeight * outWidth * all + at, outHeight, outWidth, all, lanes, s.out, outPlane);
          inputBlock(g, stride, &s, outPlane, taps, dx + (size_t)n * height * width * all + at, lanes);
          kernelBlock(g, stride, &s, inPlane, outPlane, own);
        }
      }
    }
  size_t at = 0;
  for (int i = 0; i < mix->count; i++) {
    const Group *g = &groups[i];
    for (int first = 0; first < g->channels; first += LANES)
      for (int t = 0; t < g->kernel * g->kernel; t++, at++) {
        Vector total = sums[at];
        for (int part = 1; part < PARTS; part++) total += sums[part * blocks + at];
        store(gradients[i] + (size_t)t * g->channels + first, &total, least(LANES, g->channels - first));
      }
  }
  end(&call);
}

/* The same with groups that differ from call to call: sizes and channels are those of the taps. */
#define FED (const char *const[]){"groups: int", "stride: int", NULL}
#define ATTRIBUTES (const char *const[]){"groups: int", "channels: list(int)", "kernels: list(int)", \
  "dilations: list(int)", "stride: int", NULL}
const Kernel depthwiseKernels[] = {
  {"MixnasDepthwise", ATTRIBUTES, (const char *const[]){"x: float", "taps: groups * float", NULL},
   (const char *const[]){"y: float", NULL}, createMix, forward},
  {"MixnasDepthwiseGrad", ATTRIBUTES, (const char *const[]){"dy: float", "x: float", "taps: groups * float", NULL},
   (const char *const[]){"dx: float", "dtaps: groups * float", NULL}, createMix, backward},
  {"MixnasDepthwiseFed", FED, (const char *const[]){"x: float", "dilations: int32", "taps: groups * float", NULL},
   (const char *const[]){"y: float", NULL}, createFedMix, forward},
  {"MixnasDepthwiseFedGrad", FED,
   (const char *const[]){"dy: float", "x: float", "dilations: int32", "taps: groups * float", NULL},
   (const char *const[]){"dx: float", "dtaps: groups * float", NULL}, createFedMix, backward},
  {NULL, NULL, NULL, NULL, NULL, NULL},
};
