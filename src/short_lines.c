#include "short_lines.h"

#include "instructions.h"
#include "scalars.h"

/* What each does, and how: on a vector, and on a number. All are exact, so that they are the loops' to the last bit. */
#define EACH_OF_TWO(DO)                                    \
    DO(ADD, x + y, x + y)                                  \
    DO(MULTIPLY, x * y, x * y)                             \
    DO(SUBTRACT, x - y, x - y)                             \
    DO(DIVIDE, x / y, x / y)                               \
    DO(COTANGENT_PRODUCT, KEEPS_ZEROS(x * y, x), x * y == x * y || x != 0 ? x * y : 0)
#define EACH_OF_ONE(DO)       \
    DO(NEGATIVE, -x, -x)   \
    DO(SQUARE, x * x, x * x)  \
    DO(MOVE, x, x)
/* (Where a comparison of vectors holds, all bits are set.) */
#define KEEPS_ZEROS(product, factor) \
    (vector)((bits)(product) & ~(((bits)((product) != (product))) & (bits)((factor) == 0)))

/* Which of two operands go on from element to element. */
enum { BOTH, FIRST, SECOND, WAYS };

#define TWO(name, vectors, number) name, name##_END = name + 2 * WAYS - 1,
#define ONE(name, vectors, number) name, name##_END = name + 1,
enum { CALL, EACH_OF_TWO(TWO) EACH_OF_ONE(ONE) };
#undef TWO
#undef ONE

int sl_quick(int code, int item, const sl_op *op)
{
    const int single = item == 4;
    const int on_first = op->steps[0] != 0, on_second = op->arity == 2 && op->steps[1] != 0;
    if ((!single && item != 8) || op->steps[op->arity] != item)
        return CALL;
#define TWO(name, vectors, number)                                                                       \
    if (code == SC_##name && op->arity == 2 && (on_first || on_second))                                  \
        return name + WAYS * single + (on_first && on_second ? BOTH : on_first ? FIRST : SECOND);
#define ONE(name, vectors, number)                            \
    if (code == SC_##name && op->arity == 1 && on_first)      \
        return name + single;
    EACH_OF_TWO(TWO)
    EACH_OF_ONE(ONE)
#undef TWO
#undef ONE
    return CALL;
}

#if defined(__GNUC__)
#define SL_TYPES(real, integer)                                                            \
    typedef real vector __attribute__((vector_size(4 * sizeof(real)), aligned(sizeof(real)), may_alias, unused)); \
    typedef integer bits __attribute__((vector_size(4 * sizeof(real)), unused));
#define LOAD(p, on, i) ((on) ? *(const vector *)((p) + (i)) : (vector){*(p), *(p), *(p), *(p)})
#define FOURS(on_x, on_y, value)                                             \
    for (; i + 4 <= n; i += 4) {                                             \
        const vector x = LOAD(a, on_x, i), y = LOAD(b, on_y, i);             \
        (void)y;                                                             \
        *(vector *)(out + i) = (value);                                      \
    }
#else
#define SL_TYPES(real, integer)
#define FOURS(on_x, on_y, value)
#endif

#define CASE(code, real, integer, second, on_x, on_y, vectors, number)       \
    case code: {                                                             \
        SL_TYPES(real, integer)                                              \
        const real *a = (const real *)registers[o->registers[0]];            \
        const real *b = (const real *)registers[o->registers[second]];       \
        real *out = (real *)registers[o->registers[(second) + 1]];           \
        sl_intp i = 0;                                                       \
        FOURS(on_x, on_y, vectors)                                           \
        for (; i < n; i++) {                                                 \
            const real x = a[(on_x) ? i : 0], y = b[(on_y) ? i : 0];         \
            (void)y;                                                         \
            out[i] = (number);                                               \
        }                                                                    \
        break;                                                               \
    }
#define TWO(name, vectors, number)                                           \
    CASE(name + BOTH, double, int64_t, 1, 1, 1, vectors, number)             \
    CASE(name + FIRST, double, int64_t, 1, 1, 0, vectors, number)            \
    CASE(name + SECOND, double, int64_t, 1, 0, 1, vectors, number)           \
    CASE(name + WAYS + BOTH, float, int32_t, 1, 1, 1, vectors, number)       \
    CASE(name + WAYS + FIRST, float, int32_t, 1, 1, 0, vectors, number)      \
    CASE(name + WAYS + SECOND, float, int32_t, 1, 0, 1, vectors, number)
#define ONE(name, vectors, number)                                           \
    CASE(name, double, int64_t, 0, 1, 1, vectors, number)                    \
    CASE(name + 1, float, int32_t, 0, 1, 1, vectors, number)

IN_KERNEL_TO_AVX2(void, run, (const sl_op *o, int count, char **registers, sl_intp n), (o, count, registers, n))
{
    for (const sl_op *const end = o + count; o < end; o++)
        switch (o->quick) {
            EACH_OF_TWO(TWO)
            EACH_OF_ONE(ONE)
        default: {
            char *args[SL_OPERANDS + 1];
            for (int k = 0; k <= o->arity; k++)
                args[k] = registers[o->registers[k]];
            o->loop(args, &n, o->steps, o->extra);
        }
        }
}

void sl_run(const sl_op *o, int count, char **registers, sl_intp n)
{
    run(o, count, registers, n);
}
