/* Matrices by the entry points of a LAPACK that is found when it is first needed.
 *
 * Everything lies row after row, which to Fortran is the transposed matrix: each function asks for what that makes of
 * the question, so nothing is transposed in memory. Where a library's integers are of 32 bits they are the first half
 * of these, on machines that keep it first; on others there are no entry points (`la_reads`). */
#ifndef AUTODIFF_CORE_LAPACK_H
#define AUTODIFF_CORE_LAPACK_H

#include <stdint.h>

typedef intptr_t la_intp;
typedef void (*la_entry)(void);

/* In the order of the names that Python looks for (src/lapack.pxi). */
enum { LA_POTRF, LA_TRSM, LA_TRSV, LA_GEMM, LA_GETRF, LA_GETRI, LA_ENTRIES };

/* Which of four dtypes: float, double, and the complex numbers of either. */
enum { LA_FLOAT, LA_DOUBLE, LA_CFLOAT, LA_CDOUBLE, LA_KINDS };

typedef struct {
    la_entry entry[LA_ENTRIES][LA_KINDS];
    int wide; /* whether the library's integers are of 64 bits */
} la_library;

/* Whether integers of 32 bits can be read where those of 64 lie. */
int la_reads(void);

/* Cholesky factors of `count` matrices, of which the lower triangles are read. Returns how many were done: fewer than
 * all where the next matrix is not positive definite. */
la_intp la_cholesky(const la_library *library, int kind, const char *a, char *x, la_intp count, la_intp n);

/* L'^-1 (P + P') L^-1 / 2 of each factor L, where P is the lower triangle of L' g, with half of the diagonal. Lower
 * triangles are read. `room` is for two matrices of LA_WHOLE rows. */
enum { LA_WHOLE = 64 };
void la_pull_back(const la_library *library, int kind, const char *factor, const char *g, char *x, la_intp count,
                  la_intp n, char *room);

/* Solve a x = b, or with the conjugate transpose of a, for triangles: x holds b, and then the solution. */
void la_triangular(const la_library *library, int kind, const char *a, char *x, la_intp count, la_intp n,
                   la_intp columns, int lower, int adjoint, int unit);

/* Triangular factors of the transposed matrices, and in one more row behind each which columns were exchanged: x has
 * n + 1 rows of n, of which the first n are the matrix. `swaps` is room for n integers of 64 bits. */
void la_factor(const la_library *library, int kind, char *x, la_intp count, la_intp n, int64_t *swaps);

/* Solve a x = b by the factors. */
void la_solve(const la_library *library, int kind, const char *factors, char *x, la_intp count, la_intp n,
              la_intp columns, int adjoint);

/* Inverses from the factors: x holds these, without the last row. `room` is for `length` numbers, `swaps` for n. */
void la_inverse(const la_library *library, int kind, const char *factors, char *x, la_intp count, la_intp n,
                int64_t *swaps, char *room, la_intp length);

#endif
