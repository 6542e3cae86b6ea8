#include "casts.h"

#define CAST(name, from, to, result)                                                               \
    static void name(char **args, const kn_intp *dims, const kn_intp *strides, void *data)         \
    {                                                                                              \
        const kn_intp n = dims[0], step = strides[0], stride = strides[1];                         \
        (void)data;                                                                                \
        if (step == (kn_intp)sizeof(from) && stride == (kn_intp)sizeof(to)) {                      \
            const from *in = (const from *)args[0];                                                \
            to *out = (to *)args[1];                                                               \
            for (kn_intp i = 0; i < n; i++) {                                                      \
                const from x = in[i];                                                              \
                out[i] = result;                                                                   \
            }                                                                                      \
        } else {                                                                                   \
            for (kn_intp i = 0; i < n; i++) {                                                      \
                const from x = *(const from *)(args[0] + i * step);                                \
                *(to *)(args[1] + i * stride) = result;                                            \
            }                                                                                      \
        }                                                                                          \
    }

typedef unsigned char truth;

CAST(truth_i32, truth, int32_t, (int32_t)x)
CAST(truth_i64, truth, int64_t, (int64_t)x)
CAST(truth_f32, truth, float, (float)x)
CAST(truth_f64, truth, double, (double)x)
CAST(i32_truth, int32_t, truth, (truth)(x != 0))
CAST(i32_i64, int32_t, int64_t, (int64_t)x)
CAST(i32_f32, int32_t, float, (float)x)
CAST(i32_f64, int32_t, double, (double)x)
CAST(i64_truth, int64_t, truth, (truth)(x != 0))
CAST(i64_i32, int64_t, int32_t, (int32_t)x)
CAST(i64_f32, int64_t, float, (float)x)
CAST(i64_f64, int64_t, double, (double)x)
CAST(f32_truth, float, truth, (truth)(x != 0))
CAST(f32_f64, float, double, (double)x)
CAST(f64_truth, double, truth, (truth)(x != 0))
CAST(f64_f32, double, float, (float)x)

kn_loop cs_find(int from, int to)
{
    static const struct {
        int from, to;
        kn_loop loop;
    } loops[] = {
        {KN_BOOL, KN_INT32, truth_i32},
        {KN_BOOL, KN_INT64, truth_i64},
        {KN_BOOL, KN_FLOAT, truth_f32},
        {KN_BOOL, KN_DOUBLE, truth_f64},
        {KN_INT32, KN_BOOL, i32_truth},
        {KN_INT32, KN_INT64, i32_i64},
        {KN_INT32, KN_FLOAT, i32_f32},
        {KN_INT32, KN_DOUBLE, i32_f64},
        {KN_INT64, KN_BOOL, i64_truth},
        {KN_INT64, KN_INT32, i64_i32},
        {KN_INT64, KN_FLOAT, i64_f32},
        {KN_INT64, KN_DOUBLE, i64_f64},
        {KN_FLOAT, KN_BOOL, f32_truth},
        {KN_FLOAT, KN_DOUBLE, f32_f64},
        {KN_DOUBLE, KN_BOOL, f64_truth},
        {KN_DOUBLE, KN_FLOAT, f64_f32},
    };
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++)
        if (loops[i].from == from && loops[i].to == to)
            return loops[i].loop;
    return NULL;
}
