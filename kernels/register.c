/* Registers the ops and device kernels with the TensorFlow that is loaded in this process. Built by
 * `src/training/runtime/kernels.ts`; an add-on of Node, loaded with `require`. */
#define _GNU_SOURCE
#include "tensorflow.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#define DEFINE(result, name, parameters) result(*name) parameters;
TF_FUNCTIONS(DEFINE)

Call begin(TF_OpKernelContext *context) {
  return (Call){.context = context, .status = TF_NewStatus(), .count = 0};
}
int failed(const Call *call) { return TF_GetCode(call->status) != TF_OK; }
static void hold(Call *call, TF_Tensor *tensor) {
  if (tensor && call->count < 64) call->held[call->count++] = tensor;
}
TF_Tensor *input(Call *call, int i) {
  TF_Tensor *tensor = NULL;
  if (!failed(call)) TF_GetInput(call->context, i, &tensor, call->status);
  hold(call, tensor);
  return failed(call) ? NULL : tensor;
}
float *output(Call *call, int i, const int64_t *dims, int rank) {
  if (failed(call)) return NULL;
  size_t bytes = sizeof(float);
  for (int d = 0; d < rank; d++) bytes *= (size_t)dims[d];
  TF_Tensor *tensor = TF_AllocateOutput(call->context, i, TF_FLOAT, dims, rank, bytes, call->status);
  hold(call, tensor);
  return failed(call) ? NULL : (float *)TF_TensorData(tensor);
}
void end(Call *call) {
  if (failed(call)) TF_OpKernelContext_Failure(call->context, call->status);
  for (int i = 0; i < call->count; i++) TF_DeleteTensor(call->held[i]);
  TF_DeleteStatus(call->status);
}
int64_t elements(const TF_Tensor *tensor) {
  int64_t count = 1;
  for (int d = 0; d < TF_NumDims(tensor); d++) count *= TF_Dim(tensor, d);
  return count;
}
int64_t attribute(TF_OpKernelConstruction *context, const char *name) {
  int64_t value = 0;
  TF_Status *status = TF_NewStatus();
  TF_OpKernelConstruction_GetAttrInt64(context, name, &value, status);
  TF_DeleteStatus(status);
  return value;
}

static _Thread_local struct {
  void *memory;
  size_t bytes;
} kept[4];
void *scratch(int slot, size_t bytes) {
  if (kept[slot].bytes < bytes) {
    free(kept[slot].memory);
    kept[slot].bytes = (bytes + 4095) / 4096 * 4096;
    kept[slot].memory = aligned_alloc(64, kept[slot].bytes);
    if (!kept[slot].memory) abort();
  }
  return kept[slot].memory;
}

static void unknownShape(TF_ShapeInferenceContext *context, TF_Status *status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}
static void destroy(void *kernel) { free(kernel); }

static int registerAll(const Kernel *kernels) {
  int fault = 0;
  for (const Kernel *k = kernels; k->name && !fault; k++) {
    TF_OpDefinitionBuilder *op = TF_NewOpDefinitionBuilder(k->name);
    for (const char *const *spec = k->attributes; *spec; spec++) TF_OpDefinitionBuilderAddAttr(op, *spec);
    for (const char *const *spec = k->inputs; *spec; spec++) TF_OpDefinitionBuilderAddInput(op, *spec);
    for (const char *const *spec = k->outputs; *spec; spec++) TF_OpDefinitionBuilderAddOutput(op, *spec);
    TF_OpDefinitionBuilderSetShapeInferenceFunction(op, unknownShape);
    TF_Status *status = TF_NewStatus();
    TF_RegisterOpDefinition(op, status);
    if (TF_GetCode(status) == TF_OK)
      TF_RegisterKernelBuilder(k->name, TF_NewKernelBuilder(k->name, "CPU", k->create, k->compute, destroy), status);
    fault = TF_GetCode(status);
    TF_DeleteStatus(status);
  }
  return fault;
}

/* Whether TensorFlow was found and accepted the device kernels. */
static int start(void) {
  void *library = dlopen("libtensorflow_cc.so.2", RTLD_NOW | RTLD_NOLOAD);
  if (!library) library = dlopen("libtensorflow.so.2", RTLD_NOW | RTLD_NOLOAD);
  if (!library) return 0;
#define LOOK_UP(result, name, parameters) \
  if (!(name = (result(*) parameters)dlsym(library, #name))) return 0;
  TF_FUNCTIONS(LOOK_UP)
  return !registerAll(depthwiseKernels) && !registerAll(normalisationKernels) && !registerAll(scaleKernels);
}

/* Node's entry. Says whether it worked by what it exports: `true` or `false`. */
typedef int (*GetBoolean)(void *env, int value, void **result);
void *napi_register_module_v1(void *env, void *exports) {
  GetBoolean getBoolean = (GetBoolean)dlsym(RTLD_DEFAULT, "napi_get_boolean");
  static int works = -1;
  if (works < 0) works = start();
  void *result = exports;
  if (getBoolean) getBoolean(env, works, &result);
  return result;
}
