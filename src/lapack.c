#include "lapack.h"

#include "blas.h"
#include "workers.h"

#include <string.h>

typedef void (*potrf)(const char *, const int64_t *, void *, const int64_t *, int64_t *, size_t);
typedef void (*trsm)(const char *, const char *, const char *, const char *, const int64_t *, const int64_t *,
                     const void *, const void *, const int64_t *, void *, const int64_t *, size_t, size_t, size_t,
                     size_t);
typedef void (*trsv)(const char *, const char *, const char *, const int64_t *, const void *, const int64_t *, void *,
                     const int64_t *, size_t, size_t, size_t);
typedef void (*getrf)(const int64_t *, const int64_t *, void *, const int64_t *, void *, int64_t *);
typedef void (*getri)(const int64_t *, void *, const int64_t *, const void *, void *, const int64_t *, int64_t *);

typedef void (*gemm)(const char *, const char *, const int64_t *, const int64_t *, const int64_t *, const void *,
                     const void *, const int64_t *, const void *, const int64_t *, const void *, void *,
                     const int64_t *, size_t, size_t);

static const size_t sizes[LA_KINDS] = {4, 8, 8, 16};
static const float one_f[2] = {1.0f, 0.0f};
static const double one_d[2] = {1.0, 0.0};
static const float minus_f[2] = {-1.0f, 0.0f}, zero_f[2] = {0.0f, 0.0f};
static const double minus_d[2] = {-1.0, 0.0}, zero_d[2] = {0.0, 0.0};

#define ENTRY(type, which) ((type)library->entry[which][kind])
#define COMPLEX(kind) ((kind) >= LA_CFLOAT)
#define SINGLE(kind) ((kind) == LA_FLOAT || (kind) == LA_CFLOAT)

int la_reads(void)
{
    const int64_t one = 1;
    int32_t first;
    memcpy(&first, &one, sizeof first);
    return first == 1;
}

static const void *one_of(int kind) { return SINGLE(kind) ? (const void *)one_f : (const void *)one_d; }
static const void *minus_of(int kind) { return SINGLE(kind) ? (const void *)minus_f : (const void *)minus_d; }
static const void *zero_of(int kind) { return SINGLE(kind) ? (const void *)zero_f : (const void *)zero_d; }

static void conjugate(int kind, char *x, la_intp n)
{
    if (kind == LA_CFLOAT)
        for (la_intp i = 0; i < n; i++)
            ((float *)x)[2 * i + 1] = -((float *)x)[2 * i + 1];
    else if (kind == LA_CDOUBLE)
        for (la_intp i = 0; i < n; i++)
            ((double *)x)[2 * i + 1] = -((double *)x)[2 * i + 1];
}

/* Factors are made in blocks, and pulled back in blocks: what is done to a block's rows is cut in pieces that our threads
 * share, each with BLAS on its own thread alone. The pieces are those of the sizes, whatever the number of threads, so
 * that the bits are, too. */
enum { SHARED = 128, PIECE_ROWS = 192, STRIP_ROWS = 64 };

static int pieces_of(la_intp rows)
{
    if (rows < SHARED)
        return 1;
    return rows < 2 * PIECE_ROWS ? 2 : rows / PIECE_ROWS < 16 ? (int)(rows / PIECE_ROWS) : 16;
}

/* Where a piece of rows begins. */
static la_intp piece_at(la_intp rows, int piece, int pieces)
{
    return piece == pieces ? rows : rows / 8 * piece / pieces * 8;
}

typedef struct {
    const la_library *library;
    int kind;
    const char *factor, *beside;
    char *x, *below;
    la_intp half, rest, wide;
} la_block;

static void run_pieces(wk_task task, la_block *block, int pieces)
{
    wk_run(task, block, pieces, wk_threads());
}

/* Of rows of the lower left block: x L'^-1, where L is the factor of the block above. */
static void factor_rows(void *context, int thread, int part, int parts)
{
    const la_block *b = context;
    const la_library *const library = b->library;
    const int kind = b->kind, before = bl_begin();
    const la_intp begin = piece_at(b->rest, part, parts), end = piece_at(b->rest, part + 1, parts);
    const int64_t rows = end - begin, columns = b->half, lead = b->wide;
    (void)thread;
    ENTRY(trsm, LA_TRSM)("L", "U", "C", "N", &columns, &rows, one_of(kind), b->factor, &lead,
                         b->below + begin * b->wide * sizes[kind], &lead, 1, 1, 1, 1);
    bl_end(before);
}

/* A strip of the lower right block, as far as the diagonal, less what those rows come to. The longest is the first. */
static void take_strip(void *context, int thread, int part, int parts)
{
    const la_block *b = context;
    const la_library *const library = b->library;
    const int kind = b->kind, before = bl_begin();
    const size_t item = sizes[kind], row = b->wide * item;
    const la_intp begin = (la_intp)(parts - 1 - part) * STRIP_ROWS;
    const la_intp end = begin + STRIP_ROWS < b->rest ? begin + STRIP_ROWS : b->rest;
    const int64_t m = end, n = end - begin, k = b->half, lead = b->wide;
    char *const strip = b->below + begin * row + b->half * item;
    (void)thread;
    ENTRY(gemm, LA_GEMM)("C", "N", &m, &n, &k, minus_of(kind), b->below, &lead, b->below + begin * row, &lead,
                         one_of(kind), strip, &lead, 1, 1);
    for (la_intp i = begin; i < end; i++)
        memset(strip + (i - begin) * row + (i + 1) * item, 0, (size_t)(end - i - 1) * item);
    bl_end(before);
}

/* Whether a block is positive definite; its lower triangle is then the factor. */
static int factor_block(const la_library *library, int kind, char *x, la_intp n, la_intp wide)
{
    if (n < 2 * SHARED) {
        const int64_t order = n, lead = wide;
        int64_t info = 0;
        const int before = bl_begin();
        ENTRY(potrf, LA_POTRF)("U", &order, x, &lead, &info, 1);
        bl_end(before);
        return (int32_t)info == 0;
    }
    const la_intp half = (n / 2 + 7) / 8 * 8;
    la_block b = {library, kind, x, NULL, x, x + half * wide * sizes[kind], half, n - half, wide};
    if (!factor_block(library, kind, x, half, wide))
        return 0;
    run_pieces(factor_rows, &b, pieces_of(b.rest));
    run_pieces(take_strip, &b, (int)((b.rest + STRIP_ROWS - 1) / STRIP_ROWS));
    return factor_block(library, kind, b.below + half * sizes[kind], b.rest, wide);
}

la_intp la_cholesky(const la_library *library, int kind, const char *a, char *x, la_intp count, la_intp n)
{
    const size_t item = sizes[kind];
    for (la_intp k = 0; k < count; k++, a += n * n * item, x += n * n * item) {
        for (la_intp i = 0; i < n; i++) {
            const size_t at = (size_t)(i * n) * item, below = (size_t)(i + 1) * item;
            memcpy(x + at, a + at, below);
            memset(x + at + below, 0, (size_t)n * item - below);
        }
        if (!factor_block(library, kind, x, n, n))
            return k;
    }
    return count;
}

/* The conjugate of a block of rows that are `wide` long, transposed to another place among them: tile by tile, which
 * stay in cache. Of the block itself (`whole` is false) what is below its diagonal; the diagonal is real then. */
enum { TILE = 16 };
#define MIRRORED(name, real)                                                                                           \
    static void name(const real *from, real *to, la_intp rows, la_intp columns, la_intp wide, int whole, int complex)  \
    {                                                                                                                  \
        for (la_intp i0 = 0; i0 < rows; i0 += TILE)                                                                    \
            for (la_intp j0 = 0; j0 < (whole ? columns : i0 + 1); j0 += TILE)                                          \
                for (la_intp i = i0; i < i0 + TILE && i < rows; i++)                                                   \
                    for (la_intp j = j0; j < j0 + TILE && j < (whole ? columns : i + 1); j++) {                        \
                        if (!complex) {                                                                                \
                            to[j * wide + i] = from[i * wide + j];                                                     \
                            continue;                                                                                  \
                        }                                                                                              \
                        to[2 * (j * wide + i)] = from[2 * (i * wide + j)];                                             \
                        to[2 * (j * wide + i) + 1] = !whole && i == j ? 0 : -from[2 * (i * wide + j) + 1];             \
                    }                                                                                                  \
    }
MIRRORED(mirrored_f, float)
MIRRORED(mirrored_d, double)

static void mirror(int kind, const char *from, char *to, la_intp rows, la_intp columns, la_intp wide, int whole)
{
    if (SINGLE(kind))
        mirrored_f((const float *)from, (float *)to, rows, columns, wide, whole, COMPLEX(kind));
    else
        mirrored_d((const double *)from, (double *)to, rows, columns, wide, whole, COMPLEX(kind));
}

/* x' m = b', or with the conjugate transpose of m, where m is what Fortran sees. (Of one column trsm takes three times
 * as long as trsv.) */
static void substitute(const la_library *library, int kind, const char *m, char *x, la_intp n, la_intp columns,
                       const char *triangle, int adjoint, const char *diagonal)
{
    const int64_t order = n, wide = columns, step = 1;
    if (columns > 1) {
        ENTRY(trsm, LA_TRSM)("R", triangle, adjoint ? "C" : "N", diagonal, &wide, &order, one_of(kind), m, &order, x,
                             &wide, 1, 1, 1, 1);
        return;
    }
    if (adjoint)
        conjugate(kind, x, n);
    ENTRY(trsv, LA_TRSV)(triangle, adjoint ? "N" : "T", diagonal, &order, m, &order, x, &step, 1, 1, 1);
    if (adjoint)
        conjugate(kind, x, n);
}

void la_triangular(const la_library *library, int kind, const char *a, char *x, la_intp count, la_intp n,
                   la_intp columns, int lower, int adjoint, int unit)
{
    const size_t item = sizes[kind];
    const int before = bl_begin();
    for (la_intp k = 0; k < count; k++)
        substitute(library, kind, a + k * n * n * item, x + k * n * columns * item, n, columns, lower ? "U" : "L",
                   adjoint, unit ? "U" : "N");
    bl_end(before);
}

/* With which row of n row i was exchanged; itself, where a matrix of NaNs left no number of a row. */
static la_intp place_at(int kind, const char *row, la_intp i, la_intp n)
{
    const la_intp at = COMPLEX(kind) ? 2 * i : i;
    const double place = SINGLE(kind) ? ((const float *)row)[at] : ((const double *)row)[at];
    return place >= (double)i && place < (double)n ? (la_intp)place : i;
}

static void set_number(int kind, char *row, la_intp i, double value)
{
    const la_intp at = COMPLEX(kind) ? 2 * i : i;
    if (SINGLE(kind))
        ((float *)row)[at] = (float)value;
    else
        ((double *)row)[at] = value;
}

void la_factor(const la_library *library, int kind, char *x, la_intp count, la_intp n, int64_t *swaps)
{
    const size_t item = sizes[kind];
    const int64_t order = n;
    const int before = bl_begin();
    for (la_intp k = 0; k < count; k++, x += (n + 1) * n * item) {
        int64_t info = 0;
        char *last = x + n * n * item;
        ENTRY(getrf, LA_GETRF)(&order, &order, x, &order, swaps, &info);
        memset(last, 0, (size_t)n * item);
        for (la_intp i = 0; i < n; i++)
            set_number(kind, last, i, (double)((library->wide ? swaps[i] : (int64_t)((int32_t *)swaps)[i]) - 1));
    }
    bl_end(before);
}

static void exchange(char *x, size_t bytes, la_intp i, la_intp j)
{
    char held[256];
    char *one = x + i * bytes, *two = x + j * bytes;
    if (i == j)
        return;
    for (size_t at = 0; at < bytes; at += sizeof held) {
        const size_t part = bytes - at < sizeof held ? bytes - at : sizeof held;
        memcpy(held, one + at, part);
        memcpy(one + at, two + at, part);
        memcpy(two + at, held, part);
    }
}

void la_solve(const la_library *library, int kind, const char *factors, char *x, la_intp count, la_intp n,
              la_intp columns, int adjoint)
{
    const size_t item = sizes[kind], row = (size_t)columns * item;
    const int before = bl_begin();
    for (la_intp k = 0; k < count; k++, factors += (n + 1) * n * item, x += n * row) {
        const char *last = factors + n * n * item;
        if (adjoint) {
            for (la_intp i = 0; i < n; i++)
                exchange(x, row, i, place_at(kind, last, i, n));
            substitute(library, kind, factors, x, n, columns, "L", 1, "U");
            substitute(library, kind, factors, x, n, columns, "U", 1, "N");
        } else {
            substitute(library, kind, factors, x, n, columns, "U", 0, "N");
            substitute(library, kind, factors, x, n, columns, "L", 0, "U");
            for (la_intp i = n - 1; i >= 0; i--)
                exchange(x, row, i, place_at(kind, last, i, n));
        }
    }
    bl_end(before);
}

void la_inverse(const la_library *library, int kind, const char *factors, char *x, la_intp count, la_intp n,
                int64_t *swaps, char *room, la_intp length)
{
    const size_t item = sizes[kind];
    const int64_t order = n, size = length;
    const int before = bl_begin();
    for (la_intp k = 0; k < count; k++, factors += (n + 1) * n * item, x += n * n * item) {
        int64_t info = 0;
        const char *last = factors + n * n * item;
        memcpy(x, factors, (size_t)(n * n) * item);
        for (la_intp i = 0; i < n; i++) {
            const int64_t place = (int64_t)place_at(kind, last, i, n) + 1;
            if (library->wide)
                swaps[i] = place;
            else
                ((int32_t *)swaps)[i] = (int32_t)place;
        }
        ENTRY(getri, LA_GETRI)(&order, x, &order, swaps, room, &size, &info);
    }
    bl_end(before);
}

/* c -= a b, or the conjugate transpose of a times b, where all lie in rows that are `wide` long. */
static void take_off(const la_library *library, int kind, const char *a, int adjoint, const char *b, char *c,
                     la_intp rows, la_intp inner, la_intp columns, la_intp wide)
{
    const int64_t m = columns, n = rows, k = inner, lead = wide;
    ENTRY(gemm, LA_GEMM)("N", adjoint ? "C" : "N", &m, &n, &k, minus_of(kind), b, &lead, a, &lead, one_of(kind), c,
                         &lead, 1, 1);
}

/* One piece: the triangle of L' g, mirrored, and what solves with L on either side of it. */
static void pull_piece(const la_library *library, int kind, const char *factor, char *x, la_intp n, la_intp wide,
                       char *room)
{
    const size_t item = sizes[kind];
    const int64_t order = n, lead = wide;
    char *inner = room, *triangle = room + n * n * item;
    for (la_intp i = 0; i < n; i++) {
        const size_t below = (size_t)(i + 1) * item;
        memcpy(triangle + i * n * item, x + i * wide * item, below);
        memset(triangle + i * n * item + below, 0, (size_t)n * item - below);
    }
    ENTRY(gemm, LA_GEMM)("N", "C", &order, &order, &order, one_of(kind), triangle, &order, factor, &lead,
                         zero_of(kind), inner, &order, 1, 1);
    mirror(kind, inner, inner, n, n, n, 0);
    ENTRY(trsm, LA_TRSM)("R", "U", "C", "N", &order, &order, one_of(kind), factor, &lead, inner, &order, 1, 1, 1, 1);
    ENTRY(trsm, LA_TRSM)("L", "U", "N", "N", &order, &order, one_of(kind), factor, &lead, inner, &order, 1, 1, 1, 1);
    for (la_intp i = 0; i < n; i++)
        memcpy(x + i * wide * item, inner + i * n * item, (size_t)n * item);
    mirror(kind, x, x, n, n, wide, 0);
}

/* Of rows of the lower left block: less what the last half comes to, solved with the first one. */
static void pull_rows(void *context, int thread, int part, int parts)
{
    const la_block *b = context;
    const la_library *const library = b->library;
    const int kind = b->kind, before = bl_begin();
    const size_t item = sizes[kind];
    const la_intp begin = piece_at(b->rest, part, parts), end = piece_at(b->rest, part + 1, parts);
    const int64_t lead = b->wide, rows = end - begin, columns = b->half;
    char *below = b->below + begin * b->wide * item;
    (void)thread;
    take_off(library, kind, below + b->half * item, 0, b->beside, below, end - begin, b->rest, b->half, b->wide);
    ENTRY(trsm, LA_TRSM)("L", "U", "N", "N", &columns, &rows, one_of(kind), b->factor, &lead, below, &lead, 1, 1, 1, 1);
    bl_end(before);
}

/* A strip of the upper left block, as far as the diagonal, less what those rows come to. */
static void pull_strip(void *context, int thread, int part, int parts)
{
    const la_block *b = context;
    const int before = bl_begin();
    const size_t item = sizes[b->kind];
    const la_intp begin = (la_intp)(parts - 1 - part) * STRIP_ROWS;
    const la_intp end = begin + STRIP_ROWS < b->half ? begin + STRIP_ROWS : b->half;
    (void)thread;
    take_off(b->library, b->kind, b->below + begin * item, 1, b->beside, b->x + begin * b->wide * item, end - begin,
             b->rest, end, b->wide);
    bl_end(before);
}

/* The last half first: what it pulls back is taken off what came to the rest. */
static void pull_block(const la_library *library, int kind, const char *factor, char *x, la_intp n, la_intp wide,
                       char *room)
{
    const size_t item = sizes[kind];
    const la_intp half = (n / 2 + 7) / 8 * 8, rest = n - half;
    const char *beside = factor + half * wide * item;
    char *below = x + half * wide * item;
    la_block b = {library, kind, factor, beside, x, below, half, rest, wide};
    if (n <= LA_WHOLE) {
        const int before = bl_begin();
        pull_piece(library, kind, factor, x, n, wide, room);
        bl_end(before);
        return;
    }
    pull_block(library, kind, beside + half * item, below + half * item, rest, wide, room);
    run_pieces(pull_rows, &b, pieces_of(rest));
    run_pieces(pull_strip, &b, (int)((half + STRIP_ROWS - 1) / STRIP_ROWS));
    mirror(kind, below, x + half * item, rest, half, wide, 1);
    pull_block(library, kind, factor, x, half, wide, room);
}

void la_pull_back(const la_library *library, int kind, const char *factor, const char *g, char *x, la_intp count,
                  la_intp n, char *room)
{
    const size_t item = sizes[kind];
    const la_intp width = COMPLEX(kind) ? 2 : 1;
    for (la_intp k = 0; k < count; k++, factor += n * n * item, g += n * n * item, x += n * n * item) {
        for (la_intp i = 0; i < n; i++)
            for (la_intp j = i * n * width; j < (i * n + i + 1) * width; j++)
                if (SINGLE(kind))
                    ((float *)x)[j] = 0.5f * ((const float *)g)[j];
                else
                    ((double *)x)[j] = 0.5 * ((const double *)g)[j];
        pull_block(library, kind, factor, x, n, n, room);
    }
}
