/* What a kernel of a row is to the core: a function that looks once at dtypes, shapes, strides and attributes, and one
 * that runs on addresses alone, as often as it likes, without Python.
 *
 * Eager calls do both in one breath; a plan prepares when it is made and runs at each replay. So that both agree to the
 * last bit, whether a kernel takes a call, and in which order it adds up, may depend on dtypes, shapes and attributes,
 * but neither on strides nor on the number of threads. */
#ifndef AUTODIFF_CORE_KERNELS_H
#define AUTODIFF_CORE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

typedef intptr_t kn_intp;
typedef void (*kn_loop)(char **args, const kn_intp *dims, const kn_intp *strides, void *data);

#define KN_DIMS 36               /* of a result: as many as the engine has */
#define KN_ABSENT INT64_MIN      /* None among the attributes */
#define KN_WHOLE (INT64_MIN + 1) /* a slice of everything */
#define KN_SLICE (INT64_MIN + 2) /* any other slice: its three bounds are behind */
#define KN_ELLIPSIS (INT64_MIN + 3)
#define KN_TEXT (INT64_MIN + 4)  /* for errors: no number, and no axis or index either */
#define KN_TUPLE (INT64_MIN / 2) /* a tuple: this plus its length */
enum { KN_BOOL = 0, KN_INT32 = 5, KN_INT64 = 7, KN_FLOAT = 11, KN_DOUBLE = 12 }; /* NumPy's numbers of dtypes */

typedef struct {
    int dtype;
    int item; /* bytes */
    int nd;
    const kn_intp *dims, *strides; /* of the call: what is needed later is copied */
} kn_operand;

/* Attributes are numbers: a whole number or a truth value is itself, a dtype its number, a tuple its length
 * (from KN_TUPLE on) and then its parts, and an array the number of the operand, behind the op's own, that it has
 * become. */
typedef struct {
    int count; /* operands, the attributes' arrays included */
    const kn_operand *operands;
    int number_count;
    const int64_t *numbers;
} kn_call;

typedef struct {
    int dtype;
    int nd;
    kn_intp dims[KN_DIMS];
    kn_intp work;   /* about how many elements are computed: whether threads pay */
    size_t scratch; /* bytes that a run needs beside its operands */
    int turned;     /* the first operand is to be copied with its axes in this order */
    int order[KN_DIMS];
} kn_result;

typedef struct {
    char **operands;
    char *out;
    char *scratch;
    int parts, threads; /* as wk_run takes them; 1 where the work is not worth more */
} kn_run;

typedef struct {
    const char *name;
    size_t room, room_each; /* bytes of what is prepared, and those an operand */
    int contiguous;         /* operands lie in the order of their elements when it runs */
    /* Whether it takes a call; it has then filled `made` and the result, but for a dtype without one (-1). */
    int (*take)(void *made, const kn_call *call, kn_result *result);
    /* Whether it could: else the values are not for it (an index out of bounds), and the op in Python says so. */
    int (*run)(const void *made, const kn_run *run);
} kn_kernel;

/* The kernel of a name; or NULL. */
const kn_kernel *kn_find(const char *name);

/* NumPy's own loops that kernels use, for floats and doubles, which the core notes before it prepares any. */
typedef struct {
    kn_loop loop[2];
    void *data[2];
} kn_numpy;
extern kn_numpy kn_exp;

/* NumPy's sorting of so many numbers that lie side by side, by dtype; the other leaves them where they are, and puts
 * their places in order, stably. (The array that they want is looked at for other dtypes than these.) NULL for none. */
#define KN_SORTS (KN_DOUBLE + 1)
typedef struct {
    int (*sort)(void *numbers, kn_intp count, void *array);
    int (*order)(void *numbers, kn_intp *places, kn_intp count, void *array);
} kn_sorting;
extern kn_sorting kn_sorts[KN_SORTS];

/* Arrays seen as (outer, n, inner) around an axis that counts from the end; 0 where there is none. */
int kn_around(const kn_operand *x, int64_t axis, kn_intp *outer, kn_intp *n, kn_intp *inner);

/* Of the attributes of a reduction (three shapes) the same, and the result's shape. Where what is reduced are no
 * neighbours, the operand is turned so that they are. */
int kn_reduced(const kn_call *call, kn_result *result, kn_intp *outer, kn_intp *n, kn_intp *inner);

/* The same of axes, which stay or not: None for all, a number or a tuple at `at` of the attributes, and behind it a
 * truth value. */
int kn_over(const kn_call *call, int at, kn_result *result, kn_intp *outer, kn_intp *n, kn_intp *inner);

/* Share out so many units among the threads of a run, in ranges; what comes of it may not depend on which. */
typedef void (*kn_range)(void *context, kn_intp begin, kn_intp end);
void kn_share(const kn_run *run, kn_intp units, kn_range range, void *context);

#endif
