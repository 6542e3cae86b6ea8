/* Elementwise ops on numbers: libm's functions, and ours, by what the op's row is in C. */
#ifndef AUTODIFF_CORE_SCALARS_H
#define AUTODIFF_CORE_SCALARS_H

typedef double (*sc_function1)(double);
typedef double (*sc_function2)(double, double);
typedef double (*sc_function3)(double, double, double);

/* What the interpreter of numbers (replay.pxi) does for a record. */
enum {
    SC_ROW, /* runs the row's loop on one element, or its formula */
    SC_CALL1,
    SC_CALL2,
    SC_ADD, /* and these without a call */
    SC_MULTIPLY,
    SC_SUBTRACT,
    SC_DIVIDE,
    SC_COTANGENT_PRODUCT,
    SC_COTANGENT_QUOTIENT,
    SC_NEGATIVE,
    SC_SQUARE,
    SC_SELECT,
    SC_LESS,
    SC_GREATER,
    SC_MOVE,
    SC_TRUTH,  /* whether it is not zero */
    SC_SINCOS, /* sin to `out`, cos to `b` */
};

typedef struct {
    const char *text;
    int code;
    sc_function1 one; /* one of these, by the number of operands */
    sc_function2 two;
    sc_function3 three;
} sc_scalar;

/* NULL where there is none: such a row runs its own loop on one element. */
const sc_scalar *sc_find(const char *text);

/* A cotangent times, or by, what may be infinite or NaN: the cotangent's zeros stay zero. Of a zero product either
 * factor's do. */
static inline double sc_cotangent_product(double g, double x)
{
    const double product = g * x;
    return product != product && g == 0 ? 0.0 : product;
}

static inline double sc_cotangent_quotient(double g, double x)
{
    const double quotient = g / x;
    return quotient != quotient && g == 0 ? 0.0 : quotient;
}

static inline double sc_zero_product(double x, double y)
{
    const double product = x * y;
    return product != product && (x == 0 || y == 0) ? 0.0 : product;
}

#endif
