/* Activations and their slopes on one number, written so that a compiler makes vector code of a loop over them. */
#pragma once
#include <stdint.h>
#include <string.h>

/* As `activationCodes` in `src/training/network/native/fused.ts`. */
enum { LINEAR, RELU, RELU6, SWISH, HSWISH, SIGMOID, HSIGMOID };

/* 2^x for e^-z, |error| about 1e-7 relative: the whole part goes into the exponent, the rest by polynomial. */
static inline __attribute__((always_inline)) float expNegative(float z) {
  float t = z * -1.44269504f;
  t = t < -126.0f ? -126.0f : t;
  t = t > 126.0f ? 126.0f : t;
  float shifted = t + 12582912.0f; /* 1.5 * 2^23: rounds to a whole number in the lowest bits */
  float f = t - (shifted - 12582912.0f);
  int32_t bits;
  memcpy(&bits, &shifted, 4);
  bits = (int32_t)((uint32_t)bits << 23) + (127 << 23);
  float scale;
  memcpy(&scale, &bits, 4);
  float p = 1.5403530e-4f;
  p = p * f + 1.3333558e-3f;
  p = p * f + 9.6181291e-3f;
  p = p * f + 5.5504109e-2f;
  p = p * f + 2.4022651e-1f;
  p = p * f + 6.9314718e-1f;
  p = p * f + 1.0f;
  return p * scale;
}
static inline __attribute__((always_inline)) float sigmoid(float z) { return 1.0f / (1.0f + expNegative(z)); }
static inline __attribute__((always_inline)) float clamp6(float z) {
  float y = z < 0.0f ? 0.0f : z;
  return y > 6.0f ? 6.0f : y;
}

static inline __attribute__((always_inline)) float activate(float z, const int kind) {
  switch (kind) {
    case RELU: return z < 0.0f ? 0.0f : z;
    case RELU6: return clamp6(z);
    case SWISH: return z * sigmoid(z);
    case HSWISH: return z * clamp6(z + 3.0f) * (1.0f / 6.0f);
    case SIGMOID: return sigmoid(z);
    case HSIGMOID: return clamp6(z + 3.0f) * (1.0f / 6.0f);
    default: return z;
  }
}
/* The slope at `z`; at a kink that of TensorFlow, 0. */
static inline __attribute__((always_inline)) float slope(float z, const int kind) {
  switch (kind) {
    case RELU: return z > 0.0f ? 1.0f : 0.0f;
    case RELU6: return (z > 0.0f) & (z < 6.0f) ? 1.0f : 0.0f;
    case SWISH: {
      float s = sigmoid(z);
      return s + z * s * (1.0f - s);
    }
    case HSWISH: {
      float inside = (z > -3.0f) & (z < 3.0f) ? z : 0.0f;
      return (clamp6(z + 3.0f) + inside) * (1.0f / 6.0f);
    }
    case SIGMOID: {
      float s = sigmoid(z);
      return s * (1.0f - s);
    }
    case HSIGMOID: return (z > -3.0f) & (z < 3.0f) ? 1.0f / 6.0f : 0.0f;
    default: return 1.0f;
  }
}
