/* Elementwise ops on numbers: libm's functions, and ours, by what the op's row is in C. */
#ifndef AUTODIFF_CORE_SCALARS_H
#define AUTODIFF_CORE_SCALARS_H

#include <stddef.h>
#include <stdint.h>

typedef double (*sc_function1)(double);
typedef double (*sc_function2)(double, double);
typedef double (*sc_function3)(double, double, double);

/* What the interpreter of numbers does for a record. */
enum {
    SC_ROW, /* calls the function that is given: the row's loop, or its formula */
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
    SC_LOAD8,  /* elements of an array: a double, a float, a truth value */
    SC_LOAD4,
    SC_LOAD1,
    SC_STORE8, /* and to one */
    SC_STORE4,
    SC_STORE1,
    /* Added to one of the codes up to SC_SQUARE: several elements in a row; or an operand is what came last, which the
     * processor has at hand, and need not wait for from memory. */
    SC_MANY,
    SC_LAST_FIRST = SC_MANY + SC_SQUARE + 1,
    SC_LAST_SECOND = SC_LAST_FIRST + SC_SQUARE + 1,
    SC_END = SC_LAST_SECOND + SC_SQUARE + 1,
    SC_CODES
};

/* One instruction, or several in a row: element k of the result goes to register out + k. */
typedef struct sc_op {
    uint16_t code;
    uint16_t op;     /* SC_ROW: for the function */
    uint16_t rounds; /* the result is a float */
    uint16_t count;
    int32_t out;     /* registers; of what is stored the register is `a` */
    int32_t a;       /* SC_LOAD, SC_STORE: the array is at bases[b] + offset */
    int32_t b;
    int32_t c;       /* with two operands: which of them go on with the elements, as bits */
    union {
        void *function; /* SC_ROW: an sc_row */
        ptrdiff_t offset;
    } with;
} sc_op;

/* What an instruction does, whether for several elements, or with the last result, or neither. */
static inline int sc_plain(int code)
{
    return code < SC_MANY ? code : (code - SC_MANY) % (SC_SQUARE + 1);
}

typedef void (*sc_row)(const sc_op *op, double *registers);
typedef void (*sc_sincos)(double x, double *sine, double *cosine);

/* Instructions that follow one another as one, where they are the same on the next elements, and those that go on with
 * the last result as such; how many are left. */
size_t sc_join(sc_op *ops, size_t count);

/* Runs instructions, the last of which is SC_END. */
void sc_run(const sc_op *ops, double *registers, char *const *bases);

typedef struct {
    const char *text;
    int code;
    int exact; /* arithmetic of IEEE 754, correctly rounded: an array's loop gives the same bits */
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
