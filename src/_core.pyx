# cython: language_level=3, boundscheck=False, initializedcheck=False, nonecheck=False
# cython: cdivision=True, c_api_binop_methods=True, binding=False, infer_types=False, auto_pickle=False
# cython: allow_none_for_extension_args=False
# cython: freethreading_compatible=True
# cython: embedsignature=True, embedsignature.format=clinic
"""The compiled core of autodiff_core: op records, the op table, the block engine, tensors, tapes and the sweep.

One extension module of several rooms, each a file that this one includes; the arrows between them point from the later
to the earlier. Python gives it rows (autodiff_core.ops) and a few hooks, and nothing else of the package is known here.
"""

cimport cython
from cpython.exc cimport PyErr_CheckSignals
from cpython.object cimport newfunc, Py_EQ, Py_GE, Py_GT, Py_LE, Py_LT, Py_NE, PyObject, PyTypeObject
from cpython.pycapsule cimport PyCapsule_GetName, PyCapsule_GetPointer, PyCapsule_IsValid, PyCapsule_New
from cpython.ref cimport Py_DECREF, Py_INCREF, Py_XDECREF
from libc.math cimport isfinite
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t, uintptr_t
from libc.stdlib cimport abort, free, qsort
from libc.string cimport memcmp, memcpy, memmove, memset, strcpy

import os
import sys
from _thread import RLock
from enum import Enum as enum_type
from types import MethodType
from time import perf_counter
from warnings import warn
from weakref import ref as weak_reference

import numpy

cdef extern from *:
    """
    #if defined(_MSC_VER)
    #include <intrin.h>
    static int ad_clz64(unsigned long long x) { unsigned long i; _BitScanReverse64(&i, x); return 63 - (int)i; }
    #else
    #define ad_clz64(x) __builtin_clzll(x)
    #endif

    /* Adjoints are written all over at once: asking for their pages in one call costs a fraction of a fault for each.
    */ #if defined(__linux__)
    #include <sys/mman.h>
    #ifndef MADV_POPULATE_WRITE
    #define MADV_POPULATE_WRITE 23
    #endif
    static void ad_expect_writes(void *memory, size_t size)
    {
        const uintptr_t page = 4096, begin = ((uintptr_t)memory + page - 1) / page * page;
        if (size >= ((size_t)1 << 16))
            madvise((void *)begin, ((uintptr_t)memory + size) / page * page - begin, MADV_POPULATE_WRITE);
    }
    /* Lists of millions of records are written from one end to the other: large pages are a fraction of the faults. */
    static void ad_expect_many(void *memory, size_t size)
    {
    #ifdef MADV_HUGEPAGE
        const uintptr_t page = 4096, begin = ((uintptr_t)memory + page - 1) / page * page;
        if (size >= ((size_t)1 << 23))
            madvise((void *)begin, ((uintptr_t)memory + size) / page * page - begin, MADV_HUGEPAGE);
    #else
        (void)memory, (void)size;
    #endif
    }
    #else
    #define ad_expect_writes(memory, size) ((void)(memory), (void)(size))
    #define ad_expect_many(memory, size) ((void)(memory), (void)(size))
    #endif
    """
    int clz64 "ad_clz64"(uint64_t x) noexcept nogil
    void expect_writes "ad_expect_writes"(void* memory, size_t size) noexcept nogil
    void expect_many "ad_expect_many"(void* memory, size_t size) noexcept nogil

# What threads share: plain C under Python's lock, with locks and atomic where there is none.
cdef extern from "sharing.h":
    bint FREE_THREADED "AD_FREE_THREADED"
    enum:
        LANES "AD_LANES"                # of what is kept for the next who needs it
    ctypedef char Lock "ad_lock"
    bint is_ours "ad_is_ours"(PyObject* thing, Py_ssize_t own) noexcept nogil   # and so many references are all
    void hold "ad_hold"(Lock* lock) noexcept nogil
    void let_go "ad_let_go"(Lock* lock) noexcept nogil
    void hold_object "ad_hold_object"(object thing) noexcept
    void let_go_object "ad_let_go_object"(object thing) noexcept
    int own_lane "ad_lane"() noexcept nogil
    ctypedef struct Seat "ad_seat":     # where one thing is kept for the next who needs it
        void* thing
    ctypedef char Apart "ad_apart"      # nothing, between what threads write
    void keep_for_good "ad_keep_for_good"(object thing) noexcept    # and nobody counts who refers to it
    void* take_from "ad_take"(void* at) noexcept nogil
    bint put_into "ad_put"(void* at, void* thing) noexcept nogil             # whether it was empty
    void count_up "ad_count"(int* number, int more) noexcept nogil
    void count_bytes "ad_add"(int64_t* number, int64_t more) noexcept nogil
    uint64_t next_number "ad_next"(uint64_t* number) noexcept nogil
    uint64_t number_now "ad_now"(uint64_t* number) noexcept nogil
    void let_number_be "ad_let_be"(uint64_t* number, uint64_t value) noexcept nogil
    bint is_up "ad_is_up"(int* flag) noexcept nogil
    void raise_flag "ad_raise"(int* flag) noexcept nogil
    void publish "ad_publish"(void* at, void* pointer) noexcept nogil
    void* published "ad_published"(void* at) noexcept nogil
    bint stands_on "ad_stands_on"(uint64_t* log_id, int32_t* node, uint64_t wanted, int32_t* found) noexcept nogil
    void stand_on "ad_stand"(uint64_t* log_id, int32_t* node, uint64_t new_log_id, int32_t new_node) noexcept nogil
    PyObject* found_in_dict "ad_found_in_dict"(PyObject* mapping, PyObject* name) except? NULL
    PyObject* found_in_cell "ad_found_in_cell"(PyObject* cell) noexcept
    void drop_found "ad_drop_found"(PyObject* found) noexcept

# Every allocation of the core's goes through these, so that a test can let each one fail.
cdef extern from *:
    """
    #define AD_CHECKS_HERE
    #include "checks.h"
    """
    void* malloc "ad_malloc"(size_t size) noexcept nogil
    void* calloc "ad_calloc"(size_t count, size_t size) noexcept nogil
    void* realloc "ad_realloc"(void* memory, size_t size) noexcept nogil
    void* aligned_block "ad_aligned"(size_t size) noexcept nogil
    void free_block "ad_aligned_free"(void* block) noexcept nogil
    void trim_memory "ad_trim"() noexcept nogil
    void* PyMem_Malloc "ad_python_malloc"(size_t size) noexcept
    void* PyMem_Calloc "ad_python_calloc"(size_t count, size_t size) noexcept
    void* PyMem_Realloc "ad_python_realloc"(void* memory, size_t size) noexcept
    void check "ad_check"(bint holds) noexcept nogil       # in a checked build; nothing in a release
    bint CHECKED "AD_IS_CHECKED"
    void note_taken "ad_taken"(void* data, size_t size, size_t capacity, bint reused) noexcept
    void note_given "ad_given"(void* data, size_t size, size_t capacity) noexcept
    void note_leaving "ad_leaving"(void* data, size_t capacity) noexcept

cdef extern from "Python.h":
    ctypedef struct PyMethodDef:
        const char* ml_name
        void* ml_meth
        int ml_flags
        const char* ml_doc
    int Py_EnterRecursiveCall(const char* where) noexcept
    void come_up "Py_LeaveRecursiveCall"() noexcept     # after a go_deeper that was no error
    Py_ssize_t Py_REFCNT(PyObject* thing) noexcept nogil
    int METH_FASTCALL
    int METH_KEYWORDS
    object PyCFunction_NewEx(PyMethodDef* method, object self, object module)
    unsigned long PyThread_get_thread_ident() noexcept
    int PyTraceMalloc_Track(unsigned int domain, uintptr_t pointer, size_t size) noexcept
    int PyTraceMalloc_Untrack(unsigned int domain, uintptr_t pointer) noexcept
    void PyMem_Free(void* memory)

cdef extern from "math.h" nogil:
    double c_sin "sin"(double) noexcept
    double c_cos "cos"(double) noexcept

cdef extern from "numpy/arrayobject.h":
    ctypedef Py_ssize_t npy_intp
    ctypedef struct ArrayFields "PyArrayObject_fields":
        PyObject* mem_handler
    ctypedef struct PyDataMemAllocator:
        void* ctx
        void* (*malloc)(void*, size_t) noexcept
        void* (*calloc)(void*, size_t, size_t) noexcept
        void* (*realloc)(void*, void*, size_t) noexcept
        void (*free)(void*, void*, size_t) noexcept
    ctypedef struct PyDataMem_Handler:
        char name[127]
        uint8_t version
        PyDataMemAllocator allocator
    ctypedef struct PyArray_Dims:
        npy_intp* ptr
        int len
    ctypedef int NPY_ORDER
    NPY_ORDER NPY_CORDER
    enum:
        NPY_BOOL
        NPY_INT
        NPY_HALF
        NPY_FLOAT
        NPY_DOUBLE
        NPY_LONGDOUBLE
        NPY_CFLOAT
        NPY_CDOUBLE
        NPY_INT64
        NPY_ARRAY_CARRAY
        NPY_ARRAY_CARRAY_RO
        NPY_ARRAY_C_CONTIGUOUS
        NPY_ARRAY_F_CONTIGUOUS
        NPY_ARRAY_OWNDATA
        NPY_ARRAY_WRITEABLE
        NPY_ARRAY_ALIGNED
    int import_array "_import_array"() except -1
    int PyArray_NDIM(ndarray) noexcept nogil
    npy_intp* PyArray_DIMS(ndarray) noexcept nogil
    npy_intp* PyArray_STRIDES(ndarray) noexcept nogil
    void* PyArray_DATA(ndarray) noexcept nogil
    int PyArray_TYPE(ndarray) noexcept nogil
    npy_intp PyArray_SIZE(ndarray) noexcept
    npy_intp PyArray_NBYTES(ndarray) noexcept
    bint PyArray_CHKFLAGS(ndarray, int) noexcept nogil
    PyObject* PyArray_BASE(ndarray) noexcept nogil
    void PyArray_ENABLEFLAGS(ndarray, int) noexcept
    void PyArray_CLEARFLAGS(ndarray, int) noexcept
    ctypedef struct PyArray_Descr
    PyArray_Descr* PyArray_DescrFromType(int) noexcept
    ctypedef struct PyArray_ArrFuncs:
        int (*sort[3])(void*, npy_intp, void*) noexcept
        int (*argsort[3])(void*, npy_intp*, npy_intp, void*) noexcept
    PyArray_ArrFuncs* PyDataType_GetArrFuncs(PyArray_Descr*) noexcept
    object PyArray_New(PyTypeObject*, int, npy_intp*, int, npy_intp*, void*, int, int, PyObject*)
    object PyArray_Concatenate(object, int)
    object PyDataMem_SetHandler(object)
    object PyArray_Newshape(ndarray, PyArray_Dims*, NPY_ORDER)
    object PyArray_NewCopy(ndarray, NPY_ORDER)
    int PyArray_CopyInto(ndarray, ndarray) except -1
    int PyArray_SetBaseObject(ndarray, object) except -1
    bint PyTypeNum_ISFLOAT(int) noexcept nogil
    bint PyTypeNum_ISCOMPLEX(int) noexcept nogil
    bint PyTypeNum_ISINTEGER(int) noexcept nogil

cdef extern from "numpy/ufuncobject.h":
    ctypedef struct UFunc "PyUFuncObject":
        int nin
        int nout
        int nargs
        void** functions
        void** data
        int ntypes
        const char* types
        PyObject* userloops
        int core_enabled
    ctypedef struct AddedLoop "PyUFunc_Loop1d":
        void* func
        void* data
        int* arg_types
        AddedLoop* next

cdef extern from "error_functions.h" nogil:
    void ef_prepare() noexcept
    void ef_erf_f64(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void ef_erf_f32(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void ef_erfc_f64(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void ef_erfc_f32(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept

cdef extern from "vmath.h" nogil:
    void vm_sin_f64(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void vm_cos_f64(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void vm_outer_f32(const char* a, npy_intp step, const char* b, char* out, npy_intp m, npy_intp n) noexcept
    void vm_outer_f64(const char* a, npy_intp step, const char* b, char* out, npy_intp m, npy_intp n) noexcept
    void vm_negative_f32(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void vm_negative_f64(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void vm_cotangent_product_f32(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void vm_cotangent_product_f64(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void vm_cotangent_product_long(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void vm_cotangent_quotient_f32(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void vm_cotangent_quotient_f64(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void vm_cotangent_quotient_long(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void vm_zero_product_f32(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void vm_zero_product_f64(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void vm_zero_product_long(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void vm_select_1(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void vm_select_2(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void vm_select_4(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void vm_select_8(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void vm_select_16(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void vm_select_32(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept

cdef extern from "finite.h" nogil:
    int fn_some(const void* data, size_t n, int item, uint64_t exponent)
    unsigned int fn_noted()
    int fn_noted_kinds()
    void fn_forget()
    void fn_note(unsigned int flags)
    void fn_note_overflow()

cdef extern from "instructions.h" nogil:
    int in_here
    void in_choose(int most) noexcept

cdef extern from "workers.h" nogil:
    void wk_run(void (*task)(void* context, int thread, int part, int parts) noexcept nogil, void* context, int parts,
                int threads) noexcept
    int wk_threads() noexcept
    int wk_ready() noexcept
    int wk_awake() noexcept
    void wk_set_threads(int count) noexcept

cdef extern from "blas.h" nogil:
    ctypedef int (*BlasGet "bl_get")() noexcept
    ctypedef void (*BlasSet "bl_set")(int count) noexcept
    ctypedef int (*BlasSetHere "bl_set_here")(int count) noexcept
    void bl_use(BlasGet get, BlasSet set, BlasSetHere set_here) noexcept
    bint bl_known() noexcept
    int bl_begin() noexcept
    void bl_end(int before) noexcept

import_array()

# The sets of instructions of src/instructions.h, by their numbers there. The environment may hold a process back to one
# that is not the widest: for tests of all, and for the bits that another machine gets.
cdef tuple instruction_sets = ("baseline", "avx2", "avx512")
cdef str widest_wanted = os.environ.get("AUTODIFF_INSTRUCTIONS") or "avx512"
if widest_wanted not in instruction_sets:
    raise ValueError(f"the environment variable AUTODIFF_INSTRUCTIONS is {widest_wanted!r}; it may be "
                     f"{', '.join(map(repr, instruction_sets))}: the widest instructions that are used, "
                     "where they are here")
in_choose(instruction_sets.index(widest_wanted))

cdef type ndarray_type = numpy.ndarray
cdef object ndarray_ufunc = numpy.ndarray.__array_ufunc__
cdef type np_generic = numpy.generic
cdef type np_bool = numpy.bool_
cdef object np_asarray = numpy.asarray
cdef object np_dtype = numpy.dtype
cdef object np_sum = numpy.sum
cdef object np_ones = numpy.ones
cdef object np_iinfo = numpy.iinfo
cdef object np_result_type = numpy.result_type
cdef object np_can_cast = numpy.can_cast
cdef object np_int32 = numpy.dtype("int32")
cdef object np_int64 = numpy.dtype("int64")
cdef object np_intp_dtype = numpy.dtype("intp")

# Set by the package when it has defined them: `install`.
cdef object TensorShape = None
cdef object scalar_shape = None
cdef object hook_array_ufunc = None
cdef object hook_array_function = None
cdef dict counterparts = {}
cdef object public_stack = None
cdef object IndexedSlices = None
cdef object collect_slices = None
cdef object dense_slices = None
cdef object random_state = None
cdef object random_restore = None

include "dtypes.pxi"
include "memory.pxi"
include "record.pxi"
include "table.pxi"
include "trace.pxi"
include "engine.pxi"
include "kernels.pxi"
include "line.pxi"
include "rows.pxi"
include "blanks.pxi"
include "tensor.pxi"
include "shapes.pxi"
include "tape.pxi"
include "spilling.pxi"
include "joining.pxi"
include "past.pxi"
include "around.pxi"
include "places.pxi"
include "tracer.pxi"
include "witness.pxi"
include "unrun.pxi"
include "leaving.pxi"
include "notes.pxi"
include "numerics.pxi"
include "apply.pxi"
include "elementwise.pxi"
include "products.pxi"
include "operands.pxi"
include "operators.pxi"
include "variables.pxi"
include "asking.pxi"
include "leading.pxi"
include "updates.pxi"
include "sweep.pxi"
include "adjoints.pxi"
include "nodes.pxi"
include "emission.pxi"
include "reverse.pxi"
include "forward.pxi"
include "kinds.pxi"
include "sparsity.pxi"
include "softmax.pxi"
include "lapack.pxi"
include "program.pxi"
include "reading.pxi"
include "passes.pxi"
include "dissolving.pxi"
include "arena.pxi"
include "plan.pxi"
include "budget.pxi"
include "replay.pxi"
include "native.pxi"
include "elements.pxi"
include "rounds.pxi"
include "stretches.pxi"
include "batching.pxi"
include "function.pxi"
include "protocol.pxi"
include "registering.pxi"
include "interface.pxi"
include "evaluations.pxi"
include "derivatives.pxi"
include "second_order.pxi"
include "finding.pxi"
include "methods.pxi"
