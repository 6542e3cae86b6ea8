#include "sums.h"

#include "instructions.h"

#include <stddef.h>
#include <string.h>

#define LANES 8
#define COLUMNS 64 /* whose sums stay in registers while rows go by */

/* How many of n elements NumPy's loops add up first, where they are too many for one run. */
static su_intp first_half(su_intp n)
{
    const su_intp half = n / 2;
    return half - half % 8;
}

static su_intp blocks_from(su_intp n, su_intp most, su_intp begin, su_intp *ends, su_intp count)
{
    if (n <= most) {
        if (ends != NULL)
            ends[count] = begin + n;
        return count + 1;
    }
    const su_intp half = first_half(n);
    count = blocks_from(half, most, begin, ends, count);
    return blocks_from(n - half, most, begin + half, ends, count);
}

su_intp su_blocks(su_intp n, su_intp most, su_intp *ends)
{
    return blocks_from(n, most, 0, ends, 0);
}

double su_of_blocks(su_intp n, su_intp most, const double **sums, int single)
{
    if (n <= most)
        return *(*sums)++;
    const su_intp half = first_half(n);
    double total = su_of_blocks(half, most, sums, single);
    total += su_of_blocks(n - half, most, sums, single);
    return single ? (double)(float)total : total;
}

/* To each lane what is in its place, from one row of lanes to the next. As vectors, where Clang would make more of the
 * loops; GCC makes less of the vectors. */
#if defined(__clang__)
#define SU_LANES(REAL, sums, x, i, n)                                                                            \
    typedef REAL lanes __attribute__((vector_size(LANES * sizeof(REAL)), aligned(sizeof(REAL)), may_alias));     \
    lanes all = *(const lanes *)x;                                                                               \
    for (i = LANES; i + LANES <= n; i += LANES)                                                                  \
        all += *(const lanes *)(x + i);                                                                          \
    memcpy(sums, &all, sizeof all);
#else
#define SU_LANES(REAL, sums, x, i, n)                                                                            \
    for (int j = 0; j < LANES; j++)                                                                              \
        sums[j] = x[j];                                                                                          \
    for (i = LANES; i + LANES <= n; i += LANES)                                                                  \
        for (int j = 0; j < LANES; j++)                                                                          \
            sums[j] += x[i + j];
#endif

/* What is below for each dtype: a leaf of the tree; rows; columns. */
#define SUMS(REAL, suffix)                                                                                       \
    IN_INLINE REAL leaf_##suffix(const REAL *x, su_intp n)                                                       \
    {                                                                                                            \
        REAL sums[LANES], total = 0;                                                                             \
        su_intp i = 0;                                                                                           \
        if (n >= LANES) {                                                                                        \
            SU_LANES(REAL, sums, x, i, n)                                                                        \
            total = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));   \
        }                                                                                                        \
        for (; i < n; i++)                                                                                       \
            total += x[i];                                                                                       \
        return total;                                                                                            \
    }                                                                                                            \
    IN_KERNEL(REAL, tree_##suffix, (const REAL *x, su_intp n), (x, n))                                           \
    {                                                                                                            \
        if (n <= SU_LEAF)                                                                                        \
            return leaf_##suffix(x, n);                                                                          \
        const su_intp half = first_half(n);                                                                      \
        const REAL total = half <= SU_LEAF ? leaf_##suffix(x, half) : tree_##suffix(x, half);                    \
        return total + (n - half <= SU_LEAF ? leaf_##suffix(x + half, n - half)                                   \
                                        : tree_##suffix(x + half, n - half));                                    \
    }                                                                                                            \
    IN_KERNEL(void, rows_##suffix,                                                                               \
              (char *out, su_intp out_step, const char *data, su_intp row_step, su_intp rows, su_intp n),        \
              (out, out_step, data, row_step, rows, n))                                                          \
    {                                                                                                            \
        for (su_intp row = 0; row < rows; row++, out += out_step, data += row_step)                              \
            *(REAL *)out += n <= SU_LEAF ? leaf_##suffix((const REAL *)data, n)                                  \
                                         : tree_##suffix((const REAL *)data, n);                                 \
    }                                                                                                            \
    IN_KERNEL(void, columns_##suffix, (REAL *out, const char *data, su_intp row_step, su_intp rows, su_intp n),  \
              (out, data, row_step, rows, n))                                                                    \
    {                                                                                                            \
        su_intp i = 0;                                                                                           \
        for (; i + COLUMNS <= n; i += COLUMNS) {                                                                 \
            REAL sums[COLUMNS];                                                                                  \
            for (int j = 0; j < COLUMNS; j++)                                                                    \
                sums[j] = out[i + j];                                                                            \
            for (su_intp row = 0; row < rows; row++) {                                                           \
                const REAL *x = (const REAL *)(data + row * row_step) + i;                                       \
                for (int j = 0; j < COLUMNS; j++)                                                                \
                    sums[j] += x[j];                                                                             \
            }                                                                                                    \
            for (int j = 0; j < COLUMNS; j++)                                                                    \
                out[i + j] = sums[j];                                                                            \
        }                                                                                                        \
        for (su_intp row = 0; row < rows && i < n; row++) {                                                      \
            const REAL *x = (const REAL *)(data + row * row_step);                                               \
            for (su_intp j = i; j < n; j++)                                                                      \
                out[j] += x[j];                                                                                  \
        }                                                                                                        \
    }

SUMS(float, f32)
SUMS(double, f64)

void su_rows(int single, char *out, su_intp out_step, const char *data, su_intp row_step, su_intp rows, su_intp n)
{
    if (single)
        rows_f32(out, out_step, data, row_step, rows, n);
    else
        rows_f64(out, out_step, data, row_step, rows, n);
}

void su_columns(int single, char *out, const char *data, su_intp row_step, su_intp rows, su_intp n)
{
    if (single)
        columns_f32((float *)out, data, row_step, rows, n);
    else
        columns_f64((double *)out, data, row_step, rows, n);
}

double su_run(char *data, su_intp stride, su_intp count, int single, su_loop add, void *extra)
{
    double total = 0;
    float total_float = 0;
    if (stride == (single ? (su_intp)sizeof(float) : (su_intp)sizeof(double)))
        return single ? total_float + tree_f32((const float *)data, count)
                      : total + tree_f64((const double *)data, count); /* (a negative zero is none) */
    char *result = single ? (char *)&total_float : (char *)&total;
    char *args[3] = {result, data, result};
    const su_intp steps[3] = {0, stride, 0};
    add(args, &count, steps, extra);
    return single ? (double)total_float : total;
}

/* The sums of numbers of elements that have been met: at each depth of the tree there are two, or three. */
typedef struct {
    double value;
    int single;
    su_loop add;
    void *extra;
    int count;
    su_intp sizes[256];
    double sums[256];
} met;

static double uniform_node(met *m, su_intp n)
{
    double total;
    for (int k = 0; k < m->count; k++)
        if (m->sizes[k] == n)
            return m->sums[k];
    if (n <= SU_LEAF) {
        float value_float = (float)m->value;
        total = su_run(m->single ? (char *)&value_float : (char *)&m->value, 0, n, m->single, m->add, m->extra);
    } else {
        const su_intp half = first_half(n);
        total = uniform_node(m, half);
        total += uniform_node(m, n - half);
        if (m->single)
            total = (double)(float)total;
    }
    if (m->count < 256) {
        m->sizes[m->count] = n;
        m->sums[m->count++] = total;
    }
    return total;
}

double su_uniform(double value, su_intp n, int single, su_loop add, void *extra)
{
    met m = {.value = value, .single = single, .add = add, .extra = extra};
    return n == 0 ? 0.0 : uniform_node(&m, n);
}
