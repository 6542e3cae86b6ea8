#define _GNU_SOURCE
#include "gather.h"

#include <math.h>
#include <string.h>

typedef struct { char bytes[16]; } item16;
typedef struct { char bytes[32]; } item32;

#define GT_STRETCH 512 /* bytes of a row that are moved without a call for it */

#define COPY_LOOP(name, type)                                                                                    \
    static void name(char **args, const gt_intp *dims, const gt_intp *strides, void *data)                       \
    {                                                                                                            \
        const char *from = args[0];                                                                              \
        char *to = args[1];                                                                                      \
        const gt_intp n = dims[0], step = strides[0], stride = strides[1];                                       \
        (void)data;                                                                                              \
        if (step == (gt_intp)sizeof(type) && stride == (gt_intp)sizeof(type)) {                                  \
            memmove(to, from, (size_t)n * sizeof(type));                                                         \
            return;                                                                                              \
        }                                                                                                        \
        if (step == 0 && stride == (gt_intp)sizeof(type)) {                                                      \
            type value;                                                                                          \
            memcpy(&value, from, sizeof(type));                                                                  \
            for (gt_intp i = 0; i < n; i++)                                                                      \
                memcpy(to + i * (gt_intp)sizeof(type), &value, sizeof(type));                                    \
            return;                                                                                              \
        }                                                                                                        \
        for (gt_intp i = 0; i < n; i++, from += step, to += stride)                                              \
            memcpy(to, from, sizeof(type));                                                                      \
    }

COPY_LOOP(copy_1, char)
COPY_LOOP(copy_2, int16_t)
COPY_LOOP(copy_4, int32_t)
COPY_LOOP(copy_8, int64_t)
COPY_LOOP(copy_16, item16)
COPY_LOOP(copy_32, item32)

gt_loop gt_copy_loop(int item)
{
    switch (item) {
    case 1: return copy_1;
    case 2: return copy_2;
    case 4: return copy_4;
    case 8: return copy_8;
    case 16: return copy_16;
    default: return copy_32;
    }
}

void gt_copy_stretches(char **args, const gt_intp *dims, const gt_intp *strides, void *data)
{
    const char *from = args[0];
    char *to = args[1];
    const gt_intp size = (gt_intp)data;
    for (gt_intp i = 0; i < dims[0]; i++, from += strides[0], to += strides[1]) {
        gt_intp at = 0; /* (a call of memcpy for each would cost more than it copies) */
        for (; at + 64 <= size; at += 64)
            memcpy(to + at, from + at, 64);
        for (; at + 8 <= size; at += 8)
            memcpy(to + at, from + at, 8);
        for (; at < size; at++)
            to[at] = from[at];
    }
}

/* Whole rows, `stride` bytes apart, of so many elements, `step` bytes apart. */
static void gather_rows(char *out, const char *data, gt_intp rows, gt_intp stride, gt_intp count, gt_intp step,
                        int item)
{
    const gt_loop loop = gt_copy_loop(item);
    const gt_intp steps[2] = {step, item};
    if (step == item && count * item <= GT_STRETCH) {
        char *args[2] = {(char *)data, out};
        const gt_intp strides[2] = {stride, count * item};
        gt_copy_stretches(args, &rows, strides, (void *)(count * item));
        return;
    }
    for (gt_intp row = 0; row < rows; row++) {
        char *args[2] = {(char *)data + row * stride, out + row * count * item};
        loop(args, &count, steps, NULL);
    }
}

/* What was written last, `period` bytes, again and again: so many bytes of it. */
static void repeat(char *out, gt_intp period, gt_intp bytes)
{
    const char *from = out - period;
    for (gt_intp have = period; bytes > 0; have *= 2) {
        const gt_intp size = have < bytes ? have : bytes;
        memcpy(out, from, (size_t)size);
        out += size;
        bytes -= size;
    }
}

void gt_gather(char *out, const char *data, int nd, const gt_intp *dims, const gt_intp *strides, gt_intp begin,
               gt_intp count, int item)
{
    gt_intp index[40];
    const char *start = out;
    gt_intp rest = begin, period = 1;
    int repeated = nd - 2; /* the last dimension outside the inner one along which the same is read again; or -1 */
    if (nd == 0) {
        memcpy(out, data, (size_t)item);
        return;
    }
    for (int d = nd - 1; d >= 0; d--) {
        index[d] = rest % dims[d];
        rest /= dims[d];
        data += index[d] * strides[d];
    }
    while (repeated >= 0 && strides[repeated] != 0)
        repeated--;
    for (int d = repeated + 1; d < nd; d++)
        period *= dims[d];
    while (count > 0) {
        gt_intp run = dims[nd - 1] - index[nd - 1], rows = 1;
        if (run > count)
            run = count;
        if (nd > 1 && nd - 2 != repeated && index[nd - 1] == 0 && run > 0) {
            rows = count / run;
            if (rows > dims[nd - 2] - index[nd - 2])
                rows = dims[nd - 2] - index[nd - 2];
        }
        gather_rows(out, data, rows, nd > 1 ? strides[nd - 2] : 0, run, strides[nd - 1], item);
        out += rows * run * item;
        count -= rows * run;
        data -= index[nd - 1] * strides[nd - 1];
        index[nd - 1] = 0;
        if (rows > 1) {
            data += (rows - 1) * strides[nd - 2];
            index[nd - 2] += rows - 1;
        }
        for (int d = nd - 2; d >= 0; d--) {
            data += strides[d];
            ++index[d];
            if (d == repeated && index[d] < dims[d] && out - start >= period * item) {
                gt_intp more = (dims[d] - index[d]) * period;
                if (more > count)
                    more = count;
                repeat(out, period * item, more * item);
                out += more * item;
                count -= more;
                index[d] = dims[d]; /* (or all is done) */
            }
            if (index[d] < dims[d])
                break;
            data -= strides[d] * dims[d];
            index[d] = 0;
        }
    }
}

void gt_put_piece(char *out, gt_intp begin, gt_intp count, const char *data, gt_intp low, gt_intp high, gt_intp row,
                  int item)
{
    gt_intp first = begin / row;
    data += (first * (high - low) - low) * item;
    for (gt_intp at = first * row - begin; at < count; at += row) { /* where the row begins */
        gt_intp from = at + low < 0 ? -at : low;
        gt_intp to = at + high > count ? count - at : high;
        if (item == sizeof(float)) {
            float *put = (float *)out + at;
            const float *given = (const float *)data;
            for (gt_intp i = from; i < to; i++)
                put[i] = given[i] + 0.0f;
        } else {
            double *put = (double *)out + at;
            const double *given = (const double *)data;
            for (gt_intp i = from; i < to; i++)
                put[i] = given[i] + 0.0;
        }
        data += (high - low) * item;
    }
}

void gt_sincos(double x, double *sine, double *cosine)
{
#if GT_HAS_SINCOS
    sincos(x, sine, cosine);
#else
    *sine = sin(x);
    *cosine = cos(x);
#endif
}
