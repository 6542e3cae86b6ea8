#include "sums.h"

#include <stddef.h>

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

double su_run(char *data, su_intp stride, su_intp count, int single, su_loop add, void *extra)
{
    double total = 0;
    float total_float = 0;
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
