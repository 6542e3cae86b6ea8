#include "scalars.h"

#include <math.h>
#include <string.h>

static double negative(double x) { return -x; }
static double square(double x) { return x * x; }
static double reciprocal(double x) { return 1.0 / x; }
static double add(double x, double y) { return x + y; }
static double subtract(double x, double y) { return x - y; }
static double multiply(double x, double y) { return x * y; }
static double divide(double x, double y) { return x / y; }
static double less(double x, double y) { return x < y; }
static double less_equal(double x, double y) { return x <= y; }
static double greater(double x, double y) { return x > y; }
static double greater_equal(double x, double y) { return x >= y; }
static double equal(double x, double y) { return x == y; }
static double not_equal(double x, double y) { return x != y; }
static double selected(double condition, double x, double y) { return condition != 0 ? x : y; }

#define ONE(text, code, function) {text, code, code != SC_CALL1, function, NULL, NULL}
#define TWO(text, code, function) {text, code, code != SC_CALL2, NULL, function, NULL}
#define EXACT_ONE(text, function) {text, SC_CALL1, 1, function, NULL, NULL}
#define EXACT_TWO(text, function) {text, SC_CALL2, 1, NULL, function, NULL}

static const sc_scalar scalars[] = {
    ONE("sin(x)", SC_CALL1, sin), ONE("cos(x)", SC_CALL1, cos), ONE("tan(x)", SC_CALL1, tan),
    ONE("exp(x)", SC_CALL1, exp), ONE("log(x)", SC_CALL1, log), EXACT_ONE("sqrt(x)", sqrt),
    ONE("expm1(x)", SC_CALL1, expm1), ONE("log1p(x)", SC_CALL1, log1p),
    ONE("sinh(x)", SC_CALL1, sinh), ONE("cosh(x)", SC_CALL1, cosh), ONE("tanh(x)", SC_CALL1, tanh),
    ONE("asin(x)", SC_CALL1, asin), ONE("acos(x)", SC_CALL1, acos), ONE("atan(x)", SC_CALL1, atan),
    ONE("erf(x)", SC_CALL1, erf), ONE("erfc(x)", SC_CALL1, erfc),
    EXACT_ONE("fabs(x)", fabs), EXACT_ONE("floor(x)", floor), EXACT_ONE("ceil(x)", ceil),
    EXACT_ONE("rint(x)", rint),
    ONE("-x", SC_NEGATIVE, negative), ONE("x * x", SC_SQUARE, square), EXACT_ONE("1 / x", reciprocal),
    TWO("x + y", SC_ADD, add), TWO("x - y", SC_SUBTRACT, subtract),
    TWO("x * y", SC_MULTIPLY, multiply), TWO("x / y", SC_DIVIDE, divide),
    TWO("cotangent * slope == cotangent * slope || cotangent != 0 ? cotangent * slope : 0",
        SC_COTANGENT_PRODUCT, sc_cotangent_product),
    TWO("cotangent / slope == cotangent / slope || cotangent != 0 ? cotangent / slope : 0",
        SC_COTANGENT_QUOTIENT, sc_cotangent_quotient),
    EXACT_TWO("x * y == x * y || (x != 0 && y != 0) ? x * y : 0", sc_zero_product),
    TWO("pow(x, y)", SC_CALL2, pow), TWO("atan2(y, x)", SC_CALL2, atan2),
    TWO("x < y", SC_LESS, less), EXACT_TWO("x <= y", less_equal),
    TWO("x > y", SC_GREATER, greater), EXACT_TWO("x >= y", greater_equal),
    EXACT_TWO("x == y", equal), EXACT_TWO("x != y", not_equal),
    {"condition ? x : y", SC_SELECT, 1, NULL, NULL, selected},
};

const sc_scalar *sc_find(const char *text)
{
    for (size_t k = 0; k < sizeof scalars / sizeof *scalars; k++)
        if (strcmp(scalars[k].text, text) == 0)
            return &scalars[k];
    return NULL;
}

static int has_two(int code) { return code < SC_NEGATIVE; }

static int may_join(int code)
{
    return (SC_ADD <= code && code <= SC_SQUARE) || (SC_LOAD8 <= code && code <= SC_STORE1);
}

static int gives_number(const sc_op *o) { return o->count == 1 && SC_CALL1 <= o->code && o->code <= SC_TRUTH; }

static int element_size(int code)
{
    return code == SC_LOAD8 || code == SC_STORE8 ? 8 : code == SC_LOAD4 || code == SC_STORE4 ? 4 : 1;
}

/* Whether an operand of an instruction is that of the first of a row of `count`, or the one behind its last; and a
 * result of none of them. */
static int goes_on(const sc_op *first, int32_t before, int32_t now, int bit)
{
    const int on = now == before + first->count && before != now;
    if (now >= first->out && now < first->out + first->count)
        return 0;
    return first->count == 1 ? on || now == before : (first->c >> bit & 1 ? on : now == before);
}

static int joins(const sc_op *first, const sc_op *next)
{
    const int code = first->code;
    if (next->code != code || !may_join(code) || next->rounds != first->rounds || first->count == UINT16_MAX)
        return 0;
    if (code >= SC_LOAD8) {
        const int load = code < SC_STORE8;
        const int32_t before = load ? first->out : first->a, now = load ? next->out : next->a;
        return next->b == first->b && now == before + first->count
               && next->with.offset == first->with.offset + (ptrdiff_t)first->count * element_size(code);
    }
    return next->out == first->out + first->count && goes_on(first, first->a, next->a, 0)
           && (!has_two(code) || goes_on(first, first->b, next->b, 1));
}

size_t sc_join(sc_op *ops, size_t count)
{
    size_t n = 0;
    for (size_t k = 0; k < count; k++) {
        sc_op *first = n ? &ops[n - 1] : NULL;
        if (first != NULL && joins(first, &ops[k])) {
            if (first->count == 1 && first->code < SC_LOAD8)
                first->c = (ops[k].a != first->a) | (has_two(first->code) && ops[k].b != first->b) << 1;
            first->count++;
            continue;
        }
        ops[n] = ops[k];
        n++;
    }
    for (size_t k = n; k-- > 0;) {
        sc_op *o = &ops[k];
        if (o->count > 1) {
            if (o->code < SC_LOAD8)
                o->code += SC_MANY;
        } else if (k > 0 && gives_number(&o[-1])) {
            if (o->a == o[-1].out && (o->code == SC_CALL1 || (SC_ADD <= o->code && o->code <= SC_SQUARE)))
                o->code += SC_LAST_FIRST;
            else if (o->b == o[-1].out && SC_ADD <= o->code && has_two(o->code))
                o->code += SC_LAST_SECOND;
        }
    }
    return n;
}

/* A jump of its own behind each instruction is what the processor learns to foresee. */
#ifdef __GNUC__
#define AT(code) at_##code
#define NEXT goto *places[(++o)->code]
#define PLACE(code) [code] = &&at_##code
#else
#define AT(code) case code
#define NEXT { o++; continue; }
#endif

#define ONE_NUMBER(code, value)         \
    AT(code) : y = (value);             \
    if (o->rounds)                      \
        y = (double)(float)y;           \
    x[o->out] = y;                      \
    NEXT;

#define FIRST x[o->a]
#define SECOND x[o->b]

#define SEVERAL(code, value)                                            \
    AT(code##_MANY) : {                                                 \
        const double *a = x + o->a, *b = x + o->b;                      \
        const ptrdiff_t on_a = o->c & 1, on_b = o->c >> 1 & 1;          \
        double *to = x + o->out, *const end = to + o->count;            \
        if (o->rounds)                                                  \
            for (; to < end; to++, a += on_a, b += on_b)                \
                *to = (double)(float)(value);                           \
        else                                                            \
            for (; to < end; to++, a += on_a, b += on_b)                \
                *to = (value);                                          \
    }                                                                   \
    NEXT;

enum {
    SC_CALL1_FIRST = SC_LAST_FIRST + SC_CALL1,
    SC_ADD_FIRST = SC_LAST_FIRST + SC_ADD,
    SC_MULTIPLY_FIRST = SC_LAST_FIRST + SC_MULTIPLY,
    SC_SUBTRACT_FIRST = SC_LAST_FIRST + SC_SUBTRACT,
    SC_DIVIDE_FIRST = SC_LAST_FIRST + SC_DIVIDE,
    SC_COTANGENT_PRODUCT_FIRST = SC_LAST_FIRST + SC_COTANGENT_PRODUCT,
    SC_COTANGENT_QUOTIENT_FIRST = SC_LAST_FIRST + SC_COTANGENT_QUOTIENT,
    SC_NEGATIVE_FIRST = SC_LAST_FIRST + SC_NEGATIVE,
    SC_SQUARE_FIRST = SC_LAST_FIRST + SC_SQUARE,
    SC_ADD_SECOND = SC_LAST_SECOND + SC_ADD,
    SC_MULTIPLY_SECOND = SC_LAST_SECOND + SC_MULTIPLY,
    SC_SUBTRACT_SECOND = SC_LAST_SECOND + SC_SUBTRACT,
    SC_DIVIDE_SECOND = SC_LAST_SECOND + SC_DIVIDE,
    SC_COTANGENT_PRODUCT_SECOND = SC_LAST_SECOND + SC_COTANGENT_PRODUCT,
    SC_COTANGENT_QUOTIENT_SECOND = SC_LAST_SECOND + SC_COTANGENT_QUOTIENT,
    SC_ADD_MANY = SC_MANY + SC_ADD,
    SC_MULTIPLY_MANY = SC_MANY + SC_MULTIPLY,
    SC_SUBTRACT_MANY = SC_MANY + SC_SUBTRACT,
    SC_DIVIDE_MANY = SC_MANY + SC_DIVIDE,
    SC_COTANGENT_PRODUCT_MANY = SC_MANY + SC_COTANGENT_PRODUCT,
    SC_COTANGENT_QUOTIENT_MANY = SC_MANY + SC_COTANGENT_QUOTIENT,
    SC_NEGATIVE_MANY = SC_MANY + SC_NEGATIVE,
    SC_SQUARE_MANY = SC_MANY + SC_SQUARE,
};

#define LOAD(code, type)                                       \
    AT(code) : {                                               \
        const type *from = (const type *)(bases[o->b] + o->with.offset); \
        double *to = x + o->out;                               \
        for (int k = 0; k < o->count; k++)                     \
            to[k] = from[k];                                   \
    }                                                          \
    NEXT;

#define STORE(code, type, value)                         \
    AT(code) : {                                         \
        type *to = (type *)(bases[o->b] + o->with.offset); \
        const double *a = x + o->a;                      \
        for (int k = 0; k < o->count; k++)               \
            to[k] = (value);                             \
    }                                                    \
    NEXT;

void sc_run(const sc_op *o, double *x, char *const *bases)
{
    double y = 0.0; /* the last number */
#ifdef __GNUC__
    static const void *const places[SC_CODES] = {
        PLACE(SC_ROW), PLACE(SC_CALL1), PLACE(SC_CALL2), PLACE(SC_ADD), PLACE(SC_MULTIPLY), PLACE(SC_SUBTRACT),
        PLACE(SC_DIVIDE), PLACE(SC_COTANGENT_PRODUCT), PLACE(SC_COTANGENT_QUOTIENT), PLACE(SC_NEGATIVE),
        PLACE(SC_SQUARE), PLACE(SC_SELECT), PLACE(SC_LESS), PLACE(SC_GREATER), PLACE(SC_MOVE), PLACE(SC_TRUTH),
        PLACE(SC_SINCOS), PLACE(SC_LOAD8), PLACE(SC_LOAD4), PLACE(SC_LOAD1), PLACE(SC_STORE8), PLACE(SC_STORE4),
        PLACE(SC_STORE1), PLACE(SC_ADD_MANY), PLACE(SC_MULTIPLY_MANY), PLACE(SC_SUBTRACT_MANY),
        PLACE(SC_DIVIDE_MANY), PLACE(SC_COTANGENT_PRODUCT_MANY), PLACE(SC_COTANGENT_QUOTIENT_MANY),
        PLACE(SC_NEGATIVE_MANY), PLACE(SC_SQUARE_MANY), PLACE(SC_CALL1_FIRST), PLACE(SC_ADD_FIRST),
        PLACE(SC_MULTIPLY_FIRST), PLACE(SC_SUBTRACT_FIRST), PLACE(SC_DIVIDE_FIRST), PLACE(SC_COTANGENT_PRODUCT_FIRST),
        PLACE(SC_COTANGENT_QUOTIENT_FIRST), PLACE(SC_NEGATIVE_FIRST), PLACE(SC_SQUARE_FIRST), PLACE(SC_ADD_SECOND),
        PLACE(SC_MULTIPLY_SECOND), PLACE(SC_SUBTRACT_SECOND), PLACE(SC_DIVIDE_SECOND),
        PLACE(SC_COTANGENT_PRODUCT_SECOND), PLACE(SC_COTANGENT_QUOTIENT_SECOND), PLACE(SC_END),
    };
    goto *places[o->code];
#else
    for (;;) switch (o->code) {
#endif
    ONE_NUMBER(SC_ADD, FIRST + SECOND)
    ONE_NUMBER(SC_MULTIPLY, FIRST * SECOND)
    ONE_NUMBER(SC_SUBTRACT, FIRST - SECOND)
    ONE_NUMBER(SC_DIVIDE, FIRST / SECOND)
    ONE_NUMBER(SC_COTANGENT_PRODUCT, sc_cotangent_product(FIRST, SECOND))
    ONE_NUMBER(SC_COTANGENT_QUOTIENT, sc_cotangent_quotient(FIRST, SECOND))
    ONE_NUMBER(SC_NEGATIVE, -FIRST)
    ONE_NUMBER(SC_SQUARE, FIRST * FIRST)
    ONE_NUMBER(SC_SELECT, FIRST != 0 ? SECOND : x[o->c])
    ONE_NUMBER(SC_LESS, FIRST < SECOND)
    ONE_NUMBER(SC_GREATER, FIRST > SECOND)
    ONE_NUMBER(SC_MOVE, FIRST)
    ONE_NUMBER(SC_TRUTH, FIRST != 0)
    ONE_NUMBER(SC_CALL1, ((sc_function1)o->with.function)(FIRST))
    ONE_NUMBER(SC_CALL2, ((sc_function2)o->with.function)(FIRST, SECOND))
    ONE_NUMBER(SC_CALL1_FIRST, ((sc_function1)o->with.function)(y))
    ONE_NUMBER(SC_ADD_FIRST, y + SECOND)
    ONE_NUMBER(SC_MULTIPLY_FIRST, y * SECOND)
    ONE_NUMBER(SC_SUBTRACT_FIRST, y - SECOND)
    ONE_NUMBER(SC_DIVIDE_FIRST, y / SECOND)
    ONE_NUMBER(SC_COTANGENT_PRODUCT_FIRST, sc_cotangent_product(y, SECOND))
    ONE_NUMBER(SC_COTANGENT_QUOTIENT_FIRST, sc_cotangent_quotient(y, SECOND))
    ONE_NUMBER(SC_NEGATIVE_FIRST, -y)
    ONE_NUMBER(SC_SQUARE_FIRST, y * y)
    ONE_NUMBER(SC_ADD_SECOND, FIRST + y)
    ONE_NUMBER(SC_MULTIPLY_SECOND, FIRST * y)
    ONE_NUMBER(SC_SUBTRACT_SECOND, FIRST - y)
    ONE_NUMBER(SC_DIVIDE_SECOND, FIRST / y)
    ONE_NUMBER(SC_COTANGENT_PRODUCT_SECOND, sc_cotangent_product(FIRST, y))
    ONE_NUMBER(SC_COTANGENT_QUOTIENT_SECOND, sc_cotangent_quotient(FIRST, y))
    SEVERAL(SC_ADD, *a + *b)
    SEVERAL(SC_MULTIPLY, *a * *b)
    SEVERAL(SC_SUBTRACT, *a - *b)
    SEVERAL(SC_DIVIDE, *a / *b)
    SEVERAL(SC_COTANGENT_PRODUCT, sc_cotangent_product(*a, *b))
    SEVERAL(SC_COTANGENT_QUOTIENT, sc_cotangent_quotient(*a, *b))
    SEVERAL(SC_NEGATIVE, -*a)
    SEVERAL(SC_SQUARE, *a * *a)
    LOAD(SC_LOAD8, double)
    LOAD(SC_LOAD4, float)
    LOAD(SC_LOAD1, unsigned char)
    STORE(SC_STORE8, double, a[k])
    STORE(SC_STORE4, float, (float)a[k])
    STORE(SC_STORE1, unsigned char, a[k] != 0)
    AT(SC_SINCOS) : ((sc_sincos)o->with.function)(FIRST, &x[o->out], &x[o->b]);
    NEXT;
    AT(SC_ROW) : ((sc_row)o->with.function)(o, x);
    NEXT;
    AT(SC_END) : return;
#ifndef __GNUC__
    }
#endif
}
