/* The part of TensorFlow's C API for device kernels (tensorflow/c/kernels.h, ops.h) that is used here. Its
 * functions are looked up in the library that tfjs-node has already loaded, so nothing is linked. */
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct TF_Status TF_Status;
typedef struct TF_Tensor TF_Tensor;
typedef struct TF_OpDefinitionBuilder TF_OpDefinitionBuilder;
typedef struct TF_ShapeInferenceContext TF_ShapeInferenceContext;
typedef struct TF_KernelBuilder TF_KernelBuilder;
typedef struct TF_OpKernelConstruction TF_OpKernelConstruction;
typedef struct TF_OpKernelContext TF_OpKernelContext;
enum { TF_OK = 0, TF_INVALID_ARGUMENT = 3, TF_FLOAT = 1 };

#define TF_FUNCTIONS(F) \
  F(TF_Status *, TF_NewStatus, (void)) \
  F(void, TF_DeleteStatus, (TF_Status *)) \
  F(int, TF_GetCode, (const TF_Status *)) \
  F(void, TF_SetStatus, (TF_Status *, int code, const char *message)) \
  F(TF_OpDefinitionBuilder *, TF_NewOpDefinitionBuilder, (const char *)) \
  F(void, TF_OpDefinitionBuilderAddAttr, (TF_OpDefinitionBuilder *, const char *)) \
  F(void, TF_OpDefinitionBuilderAddInput, (TF_OpDefinitionBuilder *, const char *)) \
  F(void, TF_OpDefinitionBuilderAddOutput, (TF_OpDefinitionBuilder *, const char *)) \
  F(void, TF_OpDefinitionBuilderSetShapeInferenceFunction, \
    (TF_OpDefinitionBuilder *, void (*)(TF_ShapeInferenceContext *, TF_Status *))) \
  F(void, TF_RegisterOpDefinition, (TF_OpDefinitionBuilder *, TF_Status *)) \
  F(void, TF_ShapeInferenceContextSetUnknownShape, (TF_ShapeInferenceContext *, TF_Status *)) \
  F(TF_KernelBuilder *, TF_NewKernelBuilder, \
    (const char *op, const char *device, void *(*create)(TF_OpKernelConstruction *), \
     void (*compute)(void *, TF_OpKernelContext *), void (*destroy)(void *))) \
  F(void, TF_RegisterKernelBuilder, (const char *, TF_KernelBuilder *, TF_Status *)) \
  F(void, TF_GetInput, (TF_OpKernelContext *, int, TF_Tensor **, TF_Status *)) \
  F(TF_Tensor *, TF_AllocateOutput, \
    (TF_OpKernelContext *, int, int type, const int64_t *dims, int rank, size_t bytes, TF_Status *)) \
  F(void, TF_OpKernelContext_Failure, (TF_OpKernelContext *, TF_Status *)) \
  F(void *, TF_TensorData, (const TF_Tensor *)) \
  F(int64_t, TF_Dim, (const TF_Tensor *, int)) \
  F(int, TF_NumDims, (const TF_Tensor *)) \
  F(void, TF_DeleteTensor, (TF_Tensor *)) \
  F(void, TF_OpKernelConstruction_GetAttrSize, \
    (TF_OpKernelConstruction *, const char *, int32_t *length, int32_t *total, TF_Status *)) \
  F(void, TF_OpKernelConstruction_GetAttrInt64, (TF_OpKernelConstruction *, const char *, int64_t *, TF_Status *)) \
  F(void, TF_OpKernelConstruction_GetAttrInt64List, \
    (TF_OpKernelConstruction *, const char *, int64_t *, int most, TF_Status *)) \
  F(void, TF_OpKernelConstruction_GetAttrFloat, (TF_OpKernelConstruction *, const char *, float *, TF_Status *))

#define DECLARE(result, name, parameters) extern result(*name) parameters;
TF_FUNCTIONS(DECLARE)
#undef DECLARE

/* Inputs and outputs of one call of a device kernel; released by `end`. */
typedef struct {
  TF_OpKernelContext *context;
  TF_Status *status;
  TF_Tensor *held[64];
  int count;
} Call;

Call begin(TF_OpKernelContext *context);
/* Input `i`, or NULL after a failure. */
TF_Tensor *input(Call *call, int i);
/* The data of a new output, or NULL after a failure. */
float *output(Call *call, int i, const int64_t *dims, int rank);
int failed(const Call *call);
void end(Call *call);

static inline const float *data(const TF_Tensor *tensor) { return (const float *)TF_TensorData(tensor); }
int64_t elements(const TF_Tensor *tensor);
int64_t attribute(TF_OpKernelConstruction *context, const char *name);

/* `bytes` of 64-byte aligned memory of this thread, kept for the next call; `slot` is 0 to 3. */
void *scratch(int slot, size_t bytes);

/* One op with one device kernel for the CPU. The lists end with NULL. */
typedef struct {
  const char *name;
  const char *const *attributes, *const *inputs, *const *outputs;
  void *(*create)(TF_OpKernelConstruction *);
  void (*compute)(void *, TF_OpKernelContext *);
} Kernel;

extern const Kernel depthwiseKernels[], normalisationKernels[], scaleKernels[];
